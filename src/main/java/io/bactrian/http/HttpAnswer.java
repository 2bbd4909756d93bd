package io.bactrian.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A whole answer, written at once. */
record HttpAnswer(int status, @Nullable String contentType, byte @Nullable [] body, Map<String, String> headers) {
    static final String JSON = "application/json";
    private static final HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
    private static final HttpField NO_SNIFF = new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

    HttpAnswer(int status) {
        this(status, null, null, Map.of());
    }

    static HttpAnswer json(int status, Object value) {
        return new HttpAnswer(status, JSON, Json.bytes(value), Map.of());
    }

    static HttpAnswer json(int status, String json, Map<String, String> headers) {
        return new HttpAnswer(status, JSON, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    void write(Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(NO_STORE).put(NO_SNIFF);
        headers.forEach(response.getHeaders()::put);
        write(response, contentType, body, callback);
    }

    static void write(Response response, @Nullable String contentType, byte @Nullable [] body, Callback callback) {
        if (contentType != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        }
        response.write(true, body == null ? null : ByteBuffer.wrap(body), callback);
    }
}
