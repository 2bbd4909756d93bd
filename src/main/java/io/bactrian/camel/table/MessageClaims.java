package io.bactrian.camel.table;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.RouteSteps;
import io.bactrian.table.WriteRequest.Claim;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Expression;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;

/**
 * What makes a message that comes again the same claim (invariant 9): which route took it in, which step writes, which
 * part of a split it is, and the id it came with. Made-up names are avoided, for they change with the order in which
 * files are loaded: a route without an id is known by what it consumes, a step without one by its place in its route.
 * Thread-safe.
 */
final class MessageClaims {
    /** Where senders and brokers put the ids of messages, ours first. */
    private static final List<String> ID_HEADERS =
            List.of(BactrianHeaders.MESSAGE_ID, "webhook-id", "JMSMessageID", "CamelAwsSqsMessageId");

    private final @Nullable Expression id;
    private final RouteSteps steps = new RouteSteps();

    /** @param id what names a message; null for what came with it */
    MessageClaims(@Nullable Expression id) {
        this.id = id;
    }

    /**
     * The claim of a write to {@code target}; none where the message has no id.
     *
     * @param repeatable whether writing a change again does no harm; then it isn't claimed by its own id
     * @throws IllegalArgumentException where the expression gives nothing, or the id can't tell parts apart
     */
    Optional<Claim> claim(Exchange exchange, String target, boolean repeatable) {
        String message = id == null ? ownId(exchange.getMessage(), repeatable) : evaluated(id, exchange);
        if (message == null) {
            return Optional.empty();
        }
        RouteSteps.Step step = steps.of(exchange);
        if (step.splits() > 1 && id == null) {
            throw new IllegalArgumentException("Step '" + step.name() + "' writes within a split within a split: name"
                    + " each part by the option id, such as id=${header." + BactrianHeaders.MESSAGE_ID
                    + "}-${body[number]}");
        }
        Integer loop = exchange.getProperty(ExchangePropertyKey.LOOP_INDEX, Integer.class);
        Integer split = exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX, Integer.class);
        Integer generation = exchange.getProperty(BactrianProperties.GENERATION, Integer.class);
        return Optional.of(new Claim(
                source(exchange),
                step.name() + (loop == null ? "" : "#" + loop) + " " + target,
                split == null ? 0 : split,
                message,
                generation == null ? 0 : generation));
    }

    private static @Nullable String ownId(Message message, boolean repeatable) {
        Object change = message.getHeader(BactrianHeaders.ID);
        if (change != null) {
            return repeatable ? null : change.toString();
        }
        for (String header : ID_HEADERS) {
            Object value = message.getHeader(header);
            if (value != null && !value.toString().isBlank()) {
                return value.toString();
            }
        }
        Object offset = message.getHeader("kafka.OFFSET");
        return offset == null
                ? null
                : message.getHeader("kafka.TOPIC") + "-" + message.getHeader("kafka.PARTITION") + "-" + offset;
    }

    private static String evaluated(Expression id, Exchange exchange) {
        String value = id.evaluate(exchange, String.class);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "The option id gave nothing for this message, so it can't be applied" + " once: " + id);
        }
        return value;
    }

    private static String source(Exchange exchange) {
        String id = String.valueOf(exchange.getFromRouteId());
        Route route = exchange.getContext().getRoute(id);
        return route == null || route.isCustomId() && !route.isCreatedByKamelet()
                ? id
                : route.getEndpoint().getEndpointBaseUri();
    }
}
