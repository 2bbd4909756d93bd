package io.bactrian.broker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.reader.TextMessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * A message that was given up on.
 *
 * @param number the broker's own for it
 * @param queue where it was to be received; null where it doesn't say
 * @param messageId the id it was sent with, if any
 * @param error why it was given up on, as far as known
 * @param deliveries how often it was delivered; 0 where it doesn't say
 * @param sent when its sender sent it
 * @param died when it was given up on; null where it doesn't say
 * @param size of the whole message in bytes
 * @param headers its properties
 * @param body its beginning as text, what isn't text as base64; empty for a large one
 */
public record MessageLetter(
        long number,
        @Nullable String queue,
        @Nullable String messageId,
        String error,
        int deliveries,
        Instant sent,
        @Nullable Instant died,
        long size,
        Map<String, Object> headers,
        String body) {
    static final int PREVIEW = 200;
    static final int SHOWN = 64 << 10;

    private static final String UNKNOWN = "It was delivered as often as the broker allows; the consumer gave no reason";

    static MessageLetter of(ClientMessage message, int most) {
        Map<String, Object> headers = new TreeMap<>();
        for (SimpleString name : message.getPropertyNames()) {
            Object value = message.getObjectProperty(name);
            String key = name.toString();
            if (value != null && !key.startsWith("_AMQ") && !key.startsWith("__AMQ") && !key.startsWith("bactrian_")) {
                headers.put(key, value instanceof SimpleString ? value.toString() : value);
            }
        }
        String reason = message.getStringProperty(LetterHeaders.REASON);
        String id = message.getStringProperty(LetterHeaders.MESSAGE_ID);
        String queue = message.getStringProperty(LetterHeaders.ORIGINAL_QUEUE);
        // The typed getters throw where there is nothing.
        Object died = message.getObjectProperty(LetterHeaders.DIED);
        Object deliveries = message.getObjectProperty(LetterHeaders.DELIVERIES);
        return new MessageLetter(
                message.getMessageID(),
                queue == null ? message.getStringProperty(LetterHeaders.ORIGINAL_ADDRESS) : queue,
                id != null ? id : message.getUserID() == null ? null : "ID:" + message.getUserID(),
                reason == null ? UNKNOWN : reason,
                deliveries instanceof Number count ? count.intValue() : 0,
                Instant.ofEpochMilli(message.getTimestamp()),
                died instanceof Number millis ? Instant.ofEpochMilli(millis.longValue()) : null,
                message.isLargeMessage() ? message.getBodySize() : message.getEncodeSize(),
                headers,
                body(message, most));
    }

    private static String body(ClientMessage message, int most) {
        if (message.isLargeMessage()) {
            return "";
        }
        ActiveMQBuffer buffer = message.getBodyBuffer();
        if (message.getType() == Message.TEXT_TYPE) {
            SimpleString text = TextMessageUtil.readBodyText(buffer);
            return text == null ? "" : shortened(text.toString(), most);
        }
        buffer.resetReaderIndex();
        byte[] bytes = new byte[Math.min(buffer.readableBytes(), most)];
        buffer.readBytes(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.chars().anyMatch(c -> c == 0xFFFD || c < ' ' && !Character.isWhitespace(c))
                ? Base64.getEncoder().encodeToString(bytes)
                : text;
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
