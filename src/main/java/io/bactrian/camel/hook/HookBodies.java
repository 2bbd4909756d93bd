package io.bactrian.camel.hook;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.RowJson;
import io.bactrian.hook.HookRequest;
import io.bactrian.hook.HookTarget;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Writes what an outbound hook sends, by its format. Rows that the route left alone are spliced in as text. */
final class HookBodies {
    private static final String JSON = "application/json";
    private static final String BATCH = "application/cloudevents-batch+json";

    private final HookTarget target;
    private final HookFormat format;
    private final Clock clock;

    HookBodies(HookTarget target, HookFormat format, Clock clock) {
        this.target = target;
        this.format = format;
        this.clock = clock;
    }

    /**
     * @throws IllegalArgumentException where the body can't be sent in this format
     */
    HookRequest request(Exchange exchange) {
        OutboundMessage message = OutboundMessage.of(exchange);
        return switch (format) {
            case CLOUDEVENTS -> cloudEvents(message, exchange);
            case CLOUDEVENTS_BINARY -> binary(message, exchange);
            case STANDARD -> json(message, JSON, standard(message, exchange));
            case ROW -> json(message, JSON, rows(message, exchange));
            case BODY -> body(message, exchange);
        };
    }

    private HookRequest cloudEvents(OutboundMessage message, Exchange exchange) {
        if (message.batch()) {
            return json(message, BATCH, array(message, ChangeJson::cloudEvent));
        }
        Change change = message.change();
        String event;
        if (change == null) {
            event = event(message, exchange);
        } else if (message.untouched().isEmpty()) {
            event = ChangeJson.cloudEvent(change, message.dataJson(exchange));
        } else {
            event = ChangeJson.cloudEvent(change);
        }
        return json(message, ChangeJson.CONTENT_TYPE, event);
    }

    /** A message that is about no change: what the route has to say. */
    private String event(OutboundMessage message, Exchange exchange) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        event.put("id", message.id());
        event.put("source", source(exchange));
        event.put("type", "message");
        event.put("time", clock.instant().toString());
        event.put("datacontenttype", JSON);
        String head = RowJson.write(event);
        return head.substring(0, head.length() - 1) + ",\"data\":" + message.dataJson(exchange) + '}';
    }

    private static String source(Exchange exchange) {
        return "/routes/" + exchange.getFromRouteId();
    }

    private HookRequest binary(OutboundMessage message, Exchange exchange) {
        if (message.batch()) {
            throw new IllegalArgumentException("format=cloudevents-binary sends one event at a time, not a batch");
        }
        Change change = message.change();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce-specversion", "1.0");
        headers.put("ce-id", encoded(message.id()));
        headers.put(
                "ce-source",
                encoded(
                        change == null
                                ? source(exchange)
                                : "/databases/" + change.database() + "/tables/" + change.table()));
        headers.put("ce-type", change == null ? "message" : change.operation().eventType());
        headers.put("ce-time", (change == null ? clock.instant() : change.time()).toString());
        if (change != null && !"{}".equals(change.keyJson())) {
            headers.put("ce-subject", encoded(ChangeJson.subject(change)));
        }
        return new HookRequest(target, message.id(), JSON, utf8(data(message, exchange)), headers);
    }

    /** Values of {@code ce-} headers: CloudEvents 1.0, HTTP binding, 3.1.3.2. */
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c > ' ' && c <= '~' && c != '"' && c != '%') {
                encoded.append((char) c);
            } else {
                for (byte each : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%').append(String.format("%02X", each));
                }
            }
        });
        return encoded.toString();
    }

    private String standard(OutboundMessage message, Exchange exchange) {
        Change change = message.change();
        String type = change == null
                ? message.batch() ? "batch" : "message"
                : change.operation().eventType();
        String time = (change == null ? clock.instant() : change.time()).toString();
        return "{\"type\":\"" + type + "\",\"timestamp\":\"" + time + "\",\"data\":" + data(message, exchange) + '}';
    }

    private static String data(OutboundMessage message, Exchange exchange) {
        if (message.batch()) {
            return array(message, ChangeJson::data);
        }
        return message.untouched().isEmpty()
                ? message.dataJson(exchange)
                : ChangeJson.data(message.untouched().get(0));
    }

    private static String rows(OutboundMessage message, Exchange exchange) {
        if (message.batch()) {
            return array(message, HookBodies::row);
        }
        return message.untouched().isEmpty()
                ? message.dataJson(exchange)
                : row(message.untouched().get(0));
    }

    private static String row(Change change) {
        return String.valueOf(change.afterJson() != null ? change.afterJson() : change.beforeJson());
    }

    private HookRequest body(OutboundMessage message, Exchange exchange) {
        Object body = message.body();
        if (!message.untouched().isEmpty() || body instanceof Map || body instanceof Collection) {
            return json(message, JSON, rows(message, exchange));
        }
        byte[] bytes = message.bytes(exchange);
        String contentType = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
        if (contentType == null) {
            contentType = JsonCheck.fault(bytes).isEmpty()
                    ? JSON
                    : body instanceof String ? "text/plain; charset=utf-8" : "application/octet-stream";
        }
        return new HookRequest(target, message.id(), contentType, bytes);
    }

    private static String array(OutboundMessage message, Function<Change, String> each) {
        return message.untouched().stream().map(each).collect(Collectors.joining(",", "[", "]"));
    }

    private HookRequest json(OutboundMessage message, String contentType, String json) {
        return new HookRequest(target, message.id(), contentType, utf8(json));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
