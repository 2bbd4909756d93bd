package io.bactrian.camel.routes;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.routes.RouteTrialReport.Send;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.RowJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
            "bean",
            "changes",
            "class",
            "dataformat",
            "direct",
            "freemarker",
            "jolt",
            "jslt",
            "json-validator",
            "jsonata",
            "kamelet",
            "language",
            "log",
            "mock",
            "mustache",
            "ref",
            "seda",
            "string-template",
            "validator",
            "velocity",
            "xslt",
            "xslt-saxon");

    private static final Pattern SECRET =
            Pattern.compile("(?i).*(secret|passw|token|authorization|api-?key|credential|cookie|signature).*");
    private static final int LONGEST = 16_384;
    /** A route may split a change into any number of messages. */
    private static final int MOST = 200;

    private static final Send TOO_MANY = new Send("log", null, "log", Map.of(), null);

    /** By the delivery that they belong to. */
    private final Map<Integer, List<Send>> sends = new HashMap<>();

    private final Map<String, Integer> deliveries = new HashMap<>();
    private int current;
    private int count;

    /** The endpoint itself where it is harmless; else one in its place that notes and does nothing. */
    Endpoint guarded(String uri, Endpoint endpoint) {
        String scheme = StringHelper.before(endpoint.getEndpointUri(), ":", endpoint.getEndpointUri());
        boolean reads = scheme.equals("table") && endpoint.getEndpointUri().contains("operation=read");
        return HARMLESS.contains(scheme) || reads || endpoint instanceof TrialEndpoint
                ? endpoint
                : new TrialEndpoint(endpoint, this);
    }

    /** A delivery of these changes begins; a wire tap or a queue may be at an earlier one yet. */
    synchronized void begin(int delivery, List<Change> changes) {
        current = delivery;
        changes.forEach(change -> deliveries.put(change.id().toString(), delivery));
    }

    /** How many were noted so far. */
    synchronized int count() {
        return count;
    }

    synchronized List<Send> of(int delivery) {
        List<Send> all = sends.getOrDefault(delivery, List.of());
        if (all.size() <= MOST) {
            return List.copyOf(all);
        }
        List<Send> first = new ArrayList<>(all.subList(0, MOST));
        first.add(new Send("log", null, "log", Map.of(), "… and " + (all.size() - MOST) + " more"));
        return first;
    }

    void sent(String to, Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>();
        new TreeMap<>(exchange.getMessage().getHeaders()).forEach((name, value) -> {
            if (!name.regionMatches(true, 0, "Bactrian", 0, 8)) {
                headers.put(name, SECRET.matcher(name).matches() ? "xxxxxx" : cut(String.valueOf(value)));
            }
        });
        add(exchange, new Send("send", route(exchange), to, headers, body(exchange)));
    }

    void polled(String from) {
        add(null, new Send("poll", null, from, Map.of(), null));
    }

    void said(Exchange exchange, String message) {
        add(exchange, new Send("log", route(exchange), "log", Map.of(), cut(message)));
    }

    private synchronized void add(@Nullable Exchange exchange, Send send) {
        count++;
        int delivery = exchange == null ? current : delivery(exchange);
        List<Send> all = sends.computeIfAbsent(delivery, d -> new ArrayList<>());
        // Beyond the limit they are counted only.
        all.add(all.size() < MOST ? send : TOO_MANY);
    }

    /** The change travels with its exchange's copies; of a batch the first names it. */
    private int delivery(Exchange exchange) {
        Change change = exchange.getProperty(BactrianProperties.CHANGE, Change.class);
        String id = change != null
                ? change.id().toString()
                : exchange.getMessage().getHeader(BactrianHeaders.ID, "", String.class);
        return deliveries.getOrDefault(id.replaceFirst("~.*", ""), current);
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
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return bytes.length + " bytes";
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "… (" + text.length() + " characters)";
    }
}
