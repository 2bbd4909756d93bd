package io.bactrian.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;

/**
 * The {@code Prefer} header (RFC 7240) as PostgREST spells it.
 *
 * @param applied what {@code Preference-Applied} answers
 */
record Preferences(boolean representation, Resolution resolution, String applied) {
    /** What a POST does with a row that is there already. */
    enum Resolution {
        NONE,
        MERGE_DUPLICATES,
        IGNORE_DUPLICATES
    }

    /** PostgREST's others: to ignore them would do what the caller asked us not to do. */
    private static final Set<String> LATER = Set.of("count", "tx", "missing", "max-affected", "handling", "timezone");

    static Preferences of(HttpFields headers) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String each : headers.getCSV("Prefer", false)) {
            int equals = each.indexOf('=');
            String name =
                    (equals < 0 ? each : each.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            // The first of a name counts (RFC 7240, section 2).
            given.putIfAbsent(name, equals < 0 ? "" : each.substring(equals + 1).strip());
        }
        for (String name : given.keySet()) {
            if (LATER.contains(name)) {
                throw HttpProblem.badRequest("Prefer: " + name + "=" + given.get(name) + " isn't supported yet");
            }
        }
        boolean representation =
                choice(given, "return", "minimal", "minimal", "representation").equals("representation");
        String resolution = choice(given, "resolution", "", "merge-duplicates", "ignore-duplicates");
        StringBuilder applied = new StringBuilder();
        for (String name : List.of("return", "resolution")) {
            if (given.containsKey(name)) {
                applied.append(applied.isEmpty() ? "" : ", ")
                        .append(name)
                        .append('=')
                        .append(given.get(name));
            }
        }
        return new Preferences(
                representation,
                resolution.isEmpty()
                        ? Resolution.NONE
                        : Resolution.valueOf(resolution.toUpperCase(Locale.ROOT).replace('-', '_')),
                applied.toString());
    }

    Map<String, String> answered(Map<String, String> headers) {
        if (applied.isEmpty()) {
            return headers;
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put("Preference-Applied", applied);
        return more;
    }

    private static String choice(Map<String, String> given, String name, String otherwise, String... allowed) {
        String value = given.getOrDefault(name, otherwise);
        if (!value.equals(otherwise) && !Set.of(allowed).contains(value)) {
            throw HttpProblem.badRequest(
                    "Prefer: " + name + "=" + value + ": allowed is " + String.join(" or ", allowed));
        }
        return value;
    }
}
