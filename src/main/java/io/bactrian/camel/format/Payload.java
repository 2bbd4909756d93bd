package io.bactrian.camel.format;

import java.nio.charset.StandardCharsets;

/**
 * What is sent, and what it is.
 *
 * @param content text (sent as UTF-8), or bytes, which belong to the payload from then on
 */
public record Payload(String contentType, Object content) {
    static final String JSON = "application/json";

    static Payload json(String text) {
        return new Payload(JSON, text);
    }

    public byte[] bytes() {
        return content instanceof byte[] bytes ? bytes : String.valueOf(content).getBytes(StandardCharsets.UTF_8);
    }
}
