package io.bactrian.camel.format;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.RowJson;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an exchange has to tell, in one format. Rows that the route left alone are spliced in as text; a body that
 * it made takes the place of the change's own data. Thread-safe.
 */
public final class MessageWriter {
    private static final String BATCH = "application/cloudevents-batch+json";

    private final ChangeFormat format;
    private final Clock clock;

    /** @param clock tells the time of messages that are about no change */
    public MessageWriter(ChangeFormat format, Clock clock) {
        this.format = format;
        this.clock = clock;
    }

    /** One change that no route touched, as JSON text. */
    public static String json(ChangeFormat format, Change change) {
        return switch (format) {
            case CLOUDEVENTS -> ChangeJson.cloudEvent(change);
            case CLOUDEVENTS_BINARY -> ChangeJson.data(change);
            case STANDARD ->
                standard(change.operation().eventType(), change.time().toString(), ChangeJson.data(change));
            case DEBEZIUM -> ChangeJson.debezium(change);
            case ROW, BODY -> row(change);
        };
    }

    /** The media type of {@link #json}. */
    public static String contentType(ChangeFormat format) {
        return format == ChangeFormat.CLOUDEVENTS ? ChangeJson.CONTENT_TYPE : Payload.JSON;
    }

    /**
     * @throws IllegalArgumentException where the body can't be sent in this format
     */
    public Payload write(OutboundMessage message, Exchange exchange) {
        if (message.batch()) {
            return batch(message);
        }
        if (!message.untouched().isEmpty()) {
            return new Payload(
                    contentType(format), json(format, message.untouched().get(0)));
        }
        return switch (format) {
            case CLOUDEVENTS -> new Payload(ChangeJson.CONTENT_TYPE, event(message, exchange));
            case STANDARD -> Payload.json(standard(message, exchange));
            case DEBEZIUM -> Payload.json(debezium(message, exchange));
            case CLOUDEVENTS_BINARY, ROW -> Payload.json(message.dataJson(exchange));
            case BODY -> body(message, exchange);
        };
    }

    private Payload batch(OutboundMessage message) {
        return switch (format) {
            case CLOUDEVENTS -> new Payload(BATCH, array(message, ChangeJson::cloudEvent));
            case CLOUDEVENTS_BINARY ->
                throw new IllegalArgumentException("format=cloudevents-binary sends one event at a time, not a batch");
            case STANDARD ->
                Payload.json(standard("batch", clock.instant().toString(), array(message, ChangeJson::data)));
            case DEBEZIUM -> Payload.json(array(message, ChangeJson::debezium));
            case ROW, BODY -> Payload.json(array(message, MessageWriter::row));
        };
    }

    private String event(OutboundMessage message, Exchange exchange) {
        Change change = message.change();
        if (change != null) {
            return ChangeJson.cloudEvent(change, message.dataJson(exchange));
        }
        // About no change: what the route has to say.
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        event.put("id", message.id());
        event.put("source", "/routes/" + exchange.getFromRouteId());
        event.put("type", "message");
        event.put("time", clock.instant().toString());
        event.put("datacontenttype", Payload.JSON);
        String head = RowJson.write(event);
        return head.substring(0, head.length() - 1) + ",\"data\":" + message.dataJson(exchange) + '}';
    }

    private String standard(OutboundMessage message, Exchange exchange) {
        Change change = message.change();
        String type = change == null ? "message" : change.operation().eventType();
        String time = (change == null ? clock.instant() : change.time()).toString();
        return standard(type, time, message.dataJson(exchange));
    }

    private static String standard(String type, String time, String data) {
        return "{\"type\":\"" + type + "\",\"timestamp\":\"" + time + "\",\"data\":" + data + '}';
    }

    private static String debezium(OutboundMessage message, Exchange exchange) {
        Change change = message.change();
        if (change == null) {
            throw new IllegalArgumentException("format=debezium tells of a change, and this message carries none:"
                    + " use format=body, or a route from changes:");
        }
        return ChangeJson.debezium(change, message.dataJson(exchange));
    }

    private static Payload body(OutboundMessage message, Exchange exchange) {
        Object body = message.body();
        if (body instanceof Map || body instanceof Collection) {
            return Payload.json(message.dataJson(exchange));
        }
        byte[] bytes = message.bytes(exchange);
        String contentType = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
        if (contentType == null) {
            contentType = JsonText.fault(bytes).isEmpty()
                    ? Payload.JSON
                    : body instanceof String ? "text/plain; charset=utf-8" : "application/octet-stream";
        }
        return new Payload(contentType, bytes);
    }

    static String row(Change change) {
        return String.valueOf(change.afterJson() != null ? change.afterJson() : change.beforeJson());
    }

    private static String array(OutboundMessage message, Function<Change, String> each) {
        return message.untouched().stream().map(each).collect(Collectors.joining(",", "[", "]"));
    }
}
