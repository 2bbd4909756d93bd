package io.bactrian.camel.hook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.PropertiesHelper;
import org.apache.camel.util.URISupport;

/** Makes {@code hook:} endpoints. Wrong options are refused here, when the route is loaded, not when it starts. */
@Component("hook")
public final class HookComponent extends DefaultComponent {
    private static final List<String> OUTBOUND_OPTIONS = List.of("secret", "format", "timeout", "lazyStartProducer");

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HookEndpoint endpoint = new HookEndpoint(uri, this);
        endpoint.setTarget(remaining);
        if (endpoint.isOutbound()) {
            endpoint.setHeaders(PropertiesHelper.extractProperties(parameters, "header."));
            setProperties(endpoint, taken(parameters));
            // What is left belongs to the receiver's URL, be it the name of an option of inbound hooks.
            String query = URISupport.createQueryString(parameters);
            endpoint.setTarget(query.isEmpty() ? remaining : remaining + '?' + query);
            parameters.clear();
            endpoint.checkOutbound();
            return endpoint;
        }
        for (String option : List.of("format", "timeout")) {
            if (parameters.containsKey(option)) {
                throw new IllegalArgumentException(
                        option + " is an option of outbound hooks; hook:" + remaining + " is an inbound one");
            }
        }
        setProperties(endpoint, parameters);
        if (parameters.isEmpty()) {
            // Else Camel names the misspelt option after this, which should come before a wrong value.
            endpoint.checkInbound();
        }
        return endpoint;
    }

    private static Map<String, Object> taken(Map<String, Object> parameters) {
        Map<String, Object> taken = new LinkedHashMap<>();
        for (String option : OUTBOUND_OPTIONS) {
            Object value = parameters.remove(option);
            if (value != null) {
                taken.put(option, value);
            }
        }
        return taken;
    }
}
