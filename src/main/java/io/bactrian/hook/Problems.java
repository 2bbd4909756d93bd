package io.bactrian.hook;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers in the form of RFC 9457. */
final class Problems {
    private Problems() {}

    static InboundHooks.Answer answer(int status, String title, String detail, Map<String, String> headers) {
        JsonStringEncoder encoder = JsonStringEncoder.getInstance();
        StringBuilder json = new StringBuilder("{\"type\":\"about:blank\",\"title\":\"");
        encoder.quoteAsString(title, json);
        json.append("\",\"status\":").append(status).append(",\"detail\":\"");
        encoder.quoteAsString(detail, json);
        byte[] body = json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
        return new InboundHooks.Answer(status, "application/problem+json", body, headers);
    }
}
