package io.bactrian.camel.hook;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.hook.InboundHooks.Call;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** Turns a verified call into an exchange. */
final class InboundExchanges {
    /** What belongs to this connection and this sender: it must not travel on to what the route calls. */
    private static final Set<String> KEPT_BACK = Set.of(
            "authorization",
            "proxy-authorization",
            "cookie",
            "host",
            "connection",
            "keep-alive",
            "content-length",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "accept-encoding");

    private InboundExchanges() {}

    /**
     * The body as raw bytes; the call's headers, and its query's parameters where no header has the name, except those
     * that would steer Camel or pass for ours.
     */
    static void fill(Exchange exchange, Call call, @Nullable String origin) {
        Message message = exchange.getIn();
        message.setBody(call.body());
        call.query().forEach((name, values) -> put(message, name, values));
        call.headers().forEach((name, values) -> put(message, name, values));
        String contentType = JsonCheck.contentType(call.headers());
        if (!contentType.isEmpty()) {
            message.removeHeader("content-type");
            message.setHeader(Exchange.CONTENT_TYPE, contentType);
        }
        // Else the machine's own charset would decide how the bytes read.
        exchange.setProperty(Exchange.CHARSET_NAME, charset(contentType));
        if (call.messageId() != null) {
            message.setHeader(BactrianHeaders.MESSAGE_ID, call.messageId());
        }
        if (origin != null) {
            message.setHeader(BactrianHeaders.ORIGIN, List.of(origin));
        }
    }

    private static void put(Message message, String name, List<String> values) {
        if (!BactrianHeaders.steers(name) && !KEPT_BACK.contains(name.toLowerCase(Locale.ROOT))) {
            message.setHeader(name, values.size() == 1 ? values.get(0) : values);
        }
    }

    private static String charset(String contentType) {
        int at = contentType.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at < 0) {
            return StandardCharsets.UTF_8.name();
        }
        String name = contentType.substring(at + "charset=".length());
        int end = name.indexOf(';');
        name = (end < 0 ? name : name.substring(0, end)).trim().replace("\"", "");
        try {
            return Charset.forName(name).name();
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8.name();
        }
    }
}
