package io.bactrian.camel.hook;

import io.bactrian.camel.format.ChangeFormat;
import io.bactrian.camel.format.MessageWriter;
import io.bactrian.camel.format.OutboundMessage;
import io.bactrian.camel.format.Payload;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.hook.HookRequest;
import io.bactrian.hook.HookTarget;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;

/** Makes the request of an outbound hook: what its format says, and with it the headers that belong to binary mode. */
final class HookBodies {
    private final HookTarget target;
    private final ChangeFormat format;
    private final MessageWriter writer;
    private final Clock clock;

    HookBodies(HookTarget target, ChangeFormat format, Clock clock) {
        this.target = target;
        this.format = format;
        this.writer = new MessageWriter(format, clock);
        this.clock = clock;
    }

    /**
     * @throws IllegalArgumentException where the body can't be sent in this format
     */
    HookRequest request(Exchange exchange) {
        OutboundMessage message = OutboundMessage.of(exchange);
        Payload payload = writer.write(message, exchange);
        return format == ChangeFormat.CLOUDEVENTS_BINARY
                ? new HookRequest(
                        target, message.id(), payload.contentType(), payload.bytes(), headers(message, exchange))
                : new HookRequest(target, message.id(), payload.contentType(), payload.bytes());
    }

    private Map<String, String> headers(OutboundMessage message, Exchange exchange) {
        Change change = message.change();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce-specversion", "1.0");
        headers.put("ce-id", encoded(message.id()));
        headers.put("ce-source", encoded(change == null ? "/routes/" + exchange.getFromRouteId() : change.source()));
        headers.put("ce-type", change == null ? "message" : change.operation().eventType());
        headers.put("ce-time", (change == null ? clock.instant() : change.time()).toString());
        if (change != null && !"{}".equals(change.keyJson())) {
            headers.put("ce-subject", encoded(ChangeJson.subject(change)));
        }
        return headers;
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
}
