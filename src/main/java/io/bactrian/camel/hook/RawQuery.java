package io.bactrian.camel.hook;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.UnsafeUriCharactersEncoder;

/** A query as it was written. */
final class RawQuery {
    private RawQuery() {}

    /** The parameters as a query again, in their order, their values as they were written. */
    static String of(Map<String, Object> parameters) {
        List<String> parts = new ArrayList<>();
        parameters.forEach((name, value) -> {
            for (Object each : value instanceof List<?> values ? values : List.of(value)) {
                parts.add(name + '=' + each);
            }
        });
        return UnsafeUriCharactersEncoder.encode(String.join("&", parts));
    }

    /** Percent-decoded, a plus left alone; what is in {@code RAW()} or isn't encoded at all stays as it is. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0 || text.startsWith("RAW(") || text.startsWith("RAW{")) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // A percent sign that encodes nothing, as passwords have them.
            return text;
        }
    }
}
