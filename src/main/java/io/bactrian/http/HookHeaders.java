package io.bactrian.http;

import io.bactrian.camel.BactrianHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** What of a call's head a route may see. */
final class HookHeaders {
    private HookHeaders() {}

    /**
     * The headers by lower-case name, without those that would steer the platform or Camel ({@code Bactrian*},
     * {@code Camel*}, whatever their case).
     *
     * @param withoutKey leaves out {@code Authorization}: it held a key of ours
     */
    static Map<String, List<String>> of(HttpFields fields, boolean withoutKey) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (HttpField field : fields) {
            String name = field.getLowerCaseName();
            if (BactrianHeaders.steers(name) || withoutKey && "authorization".equals(name)) {
                continue;
            }
            add(headers, name, field.getValue() == null ? "" : field.getValue());
        }
        return headers;
    }

    static Map<String, List<String>> query(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String each : query.split("&")) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? "" : each.substring(equals + 1);
            if (!name.isEmpty()) {
                add(
                        parameters,
                        PercentText.decode(name, "The query", true),
                        PercentText.decode(value, "The query", true));
            }
        }
        return parameters;
    }

    private static void add(Map<String, List<String>> to, String name, String value) {
        List<String> values = to.putIfAbsent(name, List.of(value));
        if (values != null) {
            List<String> longer = new ArrayList<>(values);
            longer.add(value);
            to.put(name, List.copyOf(longer));
        }
    }
}
