package io.bactrian.camel.hook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;

/** Where a context's routes send hooks, as far as their route files say it outright. */
public final class OutboundTargets {
    private OutboundTargets() {}

    /** The servers alone: scheme, host and port. */
    public static Set<URI> of(CamelContext context) {
        Set<URI> targets = new LinkedHashSet<>();
        for (Endpoint endpoint : context.getEndpoints()) {
            if (endpoint instanceof HookEndpoint hook && hook.isOutbound()) {
                try {
                    URI uri = new URI(hook.getTarget());
                    int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
                    targets.add(new URI(uri.getScheme(), null, uri.getHost(), port, null, null, null));
                } catch (URISyntaxException e) {
                    // A hook to it fails, and its subscription says so.
                    continue;
                }
            }
        }
        return targets;
    }
}
