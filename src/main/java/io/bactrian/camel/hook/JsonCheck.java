package io.bactrian.camel.hook;

import io.bactrian.camel.format.JsonText;
import io.bactrian.hook.InboundHooks.Call;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks whether what calls itself JSON is JSON, without keeping any of it. */
final class JsonCheck {
    private JsonCheck() {}

    /** What is wrong with a call that claims to be JSON; empty where all is well or it claims something else. */
    static Optional<String> fault(Call call) {
        return isJson(contentType(call.headers())) ? JsonText.fault(call.body()) : Optional.empty();
    }

    /** The media type with its parameters, empty where there is none. */
    static String contentType(Map<String, List<String>> headers) {
        List<String> values = headers.get("content-type");
        return values == null || values.isEmpty() ? "" : values.get(0);
    }

    static boolean isJson(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }
}
