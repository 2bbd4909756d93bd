package io.bactrian.camel.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.change.Change;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange has to tell a receiver.
 *
 * @param id what names the message, the same whenever it is sent again; holds no dot
 * @param change the change it is about, or null
 * @param untouched the changes that are sent as they are, empty where the route made a body of its own
 * @param body the exchange's body
 */
public record OutboundMessage(
        String id,
        @Nullable Change change,
        List<Change> untouched,
        boolean batch,
        @Nullable Object body) {
    /** The id of an exchange that carries none, kept for when Camel's error handler sends it again. */
    private static final String MADE_ID = "BactrianHookId";

    /** Whether a body is a list of changes. */
    public static boolean isBatch(@Nullable Object body) {
        return body instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Change;
    }

    public static OutboundMessage of(Exchange exchange) {
        Message message = exchange.getMessage();
        Object body = message.getBody();
        if (body instanceof Change alone) {
            return new OutboundMessage(alone.id().toString(), alone, List.of(alone), false, alone);
        }
        if (isBatch(body)) {
            List<Change> changes =
                    ((List<?>) body).stream().map(Change.class::cast).toList();
            return new OutboundMessage(batchId(changes), null, changes, true, body);
        }
        Change change = exchange.getProperty(BactrianProperties.CHANGE, Change.class);
        if (change == null) {
            return new OutboundMessage(otherId(exchange), null, List.of(), false, body);
        }
        List<Change> untouched = isUntouched(change, body) ? List.of(change) : List.of();
        return new OutboundMessage(changeId(change, exchange), change, untouched, false, body);
    }

    /** Whether the body is still the change's row to the letter; where there is none (truncate), still null. */
    static boolean isUntouched(Change change, @Nullable Object body) {
        String text = change.afterJson() != null ? change.afterJson() : change.beforeJson();
        if (text == null) {
            return body == null;
        }
        // The row of another table could be untouched too: it is this change's row if it has its very text.
        return body instanceof Row row && row.untouched() && row.json().equals(text);
    }

    /** A part of a split change is a message of its own, or the receiver would take the second for the first again. */
    private static String changeId(Change change, Exchange exchange) {
        Object part = exchange.getProperty(Exchange.SPLIT_INDEX);
        return part == null ? change.id().toString() : change.id().toString() + '~' + part;
    }

    private static String batchId(List<Change> changes) {
        String first = changes.get(0).id().toString();
        return changes.size() == 1
                ? first
                : first + '~' + changes.get(changes.size() - 1).id();
    }

    private static String otherId(Exchange exchange) {
        Message message = exchange.getMessage();
        String id = message.getHeader(BactrianHeaders.ID, String.class);
        if (id == null) {
            id = message.getHeader(BactrianHeaders.MESSAGE_ID, String.class);
        }
        if (id == null) {
            id = exchange.getProperty(MADE_ID, String.class);
        }
        if (id == null) {
            // Not the exchange's id: that starts anew with the process, and the receiver would take new for old.
            id = "msg_" + UUID.randomUUID();
            exchange.setProperty(MADE_ID, id);
        }
        // A dot would end the id in what is signed.
        return id.replace('.', '_');
    }

    /** The body that the route made, as JSON: maps and lists written, JSON text as it is, other text as a string. */
    public String dataJson(Exchange exchange) {
        if (body == null) {
            return "null";
        }
        if (body instanceof Row row) {
            return row.json();
        }
        if (body instanceof Map || body instanceof Collection || body instanceof Number || body instanceof Boolean) {
            return RowJson.writeValue(body);
        }
        if (body instanceof JsonNode node) {
            return node.toString();
        }
        byte[] bytes = bytes(exchange);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return JsonText.fault(bytes).isEmpty() ? text : RowJson.writeValue(text);
    }

    /**
     * @throws IllegalArgumentException where the body can't be read as bytes
     */
    public byte[] bytes(Exchange exchange) {
        if (body == null) {
            return new byte[0];
        }
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = body instanceof InputStream
                ? exchange.getMessage().getBody(byte[].class)
                : utf8(exchange.getMessage().getBody(String.class));
        if (bytes == null) {
            throw new IllegalArgumentException(
                    "Can't send a body of " + body.getClass() + ": make it a map, a list, text or bytes first");
        }
        return bytes;
    }

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
