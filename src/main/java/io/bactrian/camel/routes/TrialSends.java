package io.bactrian.camel.routes;

import io.bactrian.camel.routes.RouteTrialReport.Send;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.RowJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.util.StringHelper;
import org.jspecify.annotations.Nullable;

/** Notes what a trial's routes would have sent; makes of each endpoint that leads outside one that does nothing. Thread-safe. */
final class TrialSends {
    /** Endpoints that touch nothing beyond the exchange and the routes of the same context. */
    private static final Set<String> HARMLESS = Set.of(
            "bean", "changes", "class", "dataformat", "direct", "freemarker", "jolt", "jslt", "json-validator", "jsonata",
            "kamelet", "language", "log", "mock", "mustache", "ref", "seda", "string-template", "validator", "velocity",
            "xslt", "xslt-saxon");

    private static final Pattern SECRET =
            Pattern.compile("(?i).*(secret|passw|token|authorization|api-?key|credential|cookie|signature).*");
    private static final int LONGEST = 16_384;
    /** A route may split a change into any number of messages. */
    private static final int MOST = 200;

    private final List<Send> sends = new ArrayList<>();
    private int beyond;

    /** The endpoint itself where it is harmless; else one in its place that notes and does nothing. */
    Endpoint guarded(String uri, Endpoint endpoint) {
        String scheme = StringHelper.before(endpoint.getEndpointUri(), ":", endpoint.getEndpointUri());
        boolean reads = scheme.equals("table") && endpoint.getEndpointUri().contains("operation=read");
        return HARMLESS.contains(scheme) || reads || endpoint instanceof TrialEndpoint
                ? endpoint
                : new TrialEndpoint(endpoint, this);
    }

    synchronized void begin() {
        sends.clear();
        beyond = 0;
    }

    synchronized List<Send> taken() {
        List<Send> all = new ArrayList<>(sends);
        if (beyond > 0) {
            all.add(new Send("send", null, "… and " + beyond + " more", Map.of(), null));
        }
        return all;
    }

    void sent(String to, Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>();
        new TreeMap<>(exchange.getMessage().getHeaders()).forEach((name, value) -> {
            if (!name.regionMatches(true, 0, "Bactrian", 0, 8)) {
                headers.put(name, SECRET.matcher(name).matches() ? "xxxxxx" : cut(String.valueOf(value)));
            }
        });
        add(new Send("send", route(exchange), to, headers, body(exchange)));
    }

    void polled(String from) {
        add(new Send("poll", null, from, Map.of(), null));
    }

    void said(Exchange exchange, String message) {
        add(new Send("log", route(exchange), "log", Map.of(), cut(message)));
    }

    private synchronized void add(Send send) {
        if (sends.size() < MOST) {
            sends.add(send);
        } else {
            beyond++;
        }
    }

    private static @Nullable String route(Exchange exchange) {
        String at = ExchangeHelper.getAtRouteId(exchange);
        return at == null ? exchange.getFromRouteId() : at;
    }

    private static @Nullable String body(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body == null) {
            return null;
        }
        if (body instanceof byte[] bytes) {
            return cut(text(bytes));
        }
        if (body instanceof Collection<?> list && list.stream().allMatch(Change.class::isInstance)) {
            List<String> events = list.stream()
                    .map(change -> ChangeJson.cloudEvent((Change) change))
                    .toList();
            return cut("[" + String.join(",", events) + "]");
        }
        if (body instanceof Map || body instanceof Collection) {
            try {
                return cut(RowJson.writeValue(body));
            } catch (RuntimeException e) {
                // It holds what has no JSON form: told as Java tells it.
                return cut(body.toString());
            }
        }
        String text = exchange.getMessage().getBody(String.class);
        return text == null ? "a " + body.getClass().getName().toLowerCase(Locale.ROOT) : cut(text);
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return bytes.length + " bytes";
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST
                ? text
                : text.substring(0, LONGEST) + "… (" + text.length() + " characters)";
    }
}
