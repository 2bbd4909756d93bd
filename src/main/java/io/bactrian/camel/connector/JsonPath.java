package io.bactrian.camel.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where in a JSON value another one is: member names and array places, separated by dots, such as {@code data.items} or
 * {@code lines.0.article}; a leading {@code $.} (RFC 9535) may stand, and {@code $} alone is the value itself. Numbers keep
 * all their digits, which general JSON path libraries don't promise.
 */
record JsonPath(List<String> steps) {

    static JsonPath of(String path) {
        String inner = path.strip().replaceFirst("^\\$\\.?", "");
        if (inner.isEmpty()) {
            return new JsonPath(List.of());
        }
        List<String> steps = List.of(inner.split("\\.", -1));
        if (steps.stream().anyMatch(String::isBlank) || inner.matches(".*[\\[\\]*?@].*")) {
            throw new IllegalArgumentException("Not a path that a connector understands: '" + path
                    + "'. Give member names (and places in arrays) separated by dots, such as data.items");
        }
        return new JsonPath(steps);
    }

    /** What is there, be it null; empty where nothing is. */
    Optional<Found> in(@Nullable Object value) {
        Object at = value;
        for (String step : steps) {
            if (at instanceof Map<?, ?> object && object.containsKey(step)) {
                at = object.get(step);
            } else if (at instanceof List<?> array
                    && step.matches("\\d{1,6}")
                    && Integer.parseInt(step) < array.size()) {
                at = array.get(Integer.parseInt(step));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new Found(at));
    }

    record Found(@Nullable Object value) {}

    @Override
    public String toString() {
        return steps.isEmpty() ? "$" : String.join(".", steps);
    }
}
