package io.bactrian.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** Stands for a component of the contract that this version doesn't have: refuses every use, saying so. */
public final class LaterComponent extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        String scheme = uri.substring(0, uri.indexOf(':'));
        throw new IllegalArgumentException("'" + scheme + ":' belongs to a later version of Bactrian; this one has"
                + " changes:, events:, table: and hook:, and Camel's own components");
    }
}
