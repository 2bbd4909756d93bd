package io.bactrian.camel.changes;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** Makes {@code changes:} endpoints. Wrong options are refused here, when the route is loaded, not when it starts. */
@Component("changes")
public final class ChangesComponent extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        refuseLater("changes", parameters);
        ChangesEndpoint endpoint = new ChangesEndpoint(uri, this, false);
        endpoint.setTables(remaining);
        setProperties(endpoint, parameters);
        // What isn't there is reported by Camel after this; a misspelt option should be named before a wrong value.
        if (parameters.isEmpty()) {
            endpoint.check();
        }
        return endpoint;
    }

    static void refuseLater(String scheme, Map<String, Object> parameters) {
        if (parameters.containsKey("filter")) {
            throw new IllegalArgumentException("Option filter of " + scheme
                    + ": belongs to a later version of Bactrian;" + " use the route's own filter step");
        }
    }
}
