package io.bactrian.camel.hook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.component.RawParameterHelper;
import org.apache.camel.util.PropertiesHelper;
import org.apache.camel.util.URISupport;

/**
 * Makes {@code hook:} endpoints. Wrong options are refused here, when the route is loaded, not when it starts.
 *
 * <p>Works on the URI as it was written: Camel's own decoding reads a plus as a blank, which base64 secrets are full
 * of, and sorts the receiver's query.
 */
@Component("hook")
public final class HookComponent extends DefaultComponent {
    private static final List<String> OUTBOUND_OPTIONS = List.of("secret", "format", "timeout");

    static {
        // Camel's masking of URIs in messages knows "secret" and "token", but not what headers hold.
        URISupport.addSanitizeKeywords("header.");
    }

    @Override
    public boolean useRawUri() {
        return true;
    }

    @Override
    protected boolean resolveRawParameterValues() {
        return false;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HookEndpoint endpoint = new HookEndpoint(uri, this);
        endpoint.setTarget(remaining);
        if (endpoint.isOutbound()) {
            Map<String, Object> own = taken(parameters);
            Map<String, Object> headers = PropertiesHelper.extractProperties(parameters, "header.");
            endpoint.setHeaders(read(getCamelContext(), headers));
            setProperties(endpoint, read(getCamelContext(), own));
            // What is left belongs to the receiver's URL, be it the name of an option of inbound hooks.
            String query = RawQuery.of(parameters);
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
        setProperties(endpoint, read(getCamelContext(), parameters));
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

    /** The values as they were meant, in the same map: percent-decoded, or, in {@code RAW()}, to the letter. */
    private static Map<String, Object> read(CamelContext context, Map<String, Object> parameters) {
        parameters.replaceAll((name, value) -> value instanceof String text ? RawQuery.decoded(text) : value);
        RawParameterHelper.resolveRawParameterValues(context, parameters);
        return parameters;
    }
}
