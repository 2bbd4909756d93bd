package io.bactrian.camel.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.change.Change;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/** A message's body as rows: maps, lists of maps, and JSON in whatever form it comes. */
final class RowBodies {
    private RowBodies() {}

    /**
     * The rows of a body; none for an empty one.
     *
     * @throws IllegalArgumentException where it is something else, saying what it is and what is taken
     */
    static List<Map<String, @Nullable Object>> rows(Exchange exchange, @Nullable Object body) {
        if (body == null) {
            return List.of();
        }
        if (body instanceof Map<?, ?> map) {
            return List.of(row(map));
        }
        if (body instanceof Iterable<?> elements && !(body instanceof JsonNode)) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            elements.forEach(element -> rows.add(row(element)));
            return rows;
        }
        String json = json(exchange, body);
        return json.isBlank() ? List.of() : parsed(json);
    }

    @SuppressWarnings("unchecked") // All keys are strings, and values may be anything.
    private static Map<String, @Nullable Object> row(@Nullable Object element) {
        if (element instanceof Row row) {
            return row;
        }
        if (element instanceof Map<?, ?> map) {
            if (map.keySet().stream().allMatch(String.class::isInstance)) {
                return (Map<String, @Nullable Object>) map;
            }
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            map.forEach((name, value) -> named.put(String.valueOf(name), value));
            return named;
        }
        throw unsuitable(element);
    }

    private static List<Map<String, @Nullable Object>> parsed(String json) {
        Object value = RowJson.readValue(json);
        List<?> elements = value instanceof List<?> list ? list : List.of(value == null ? "null" : value);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof Map<?, ?>)) {
                throw new IllegalArgumentException(
                        "table: takes a JSON object or an array of objects, but the body holds " + shown(element));
            }
            // As a Row: a string for a JSON column is a string here, never JSON within JSON.
            rows.add(Row.of(row(element)));
        }
        return rows;
    }

    private static String json(Exchange exchange, Object body) {
        if (body instanceof CharSequence || body instanceof JsonNode) {
            return body.toString();
        }
        byte[] bytes = body instanceof byte[] given
                ? given
                : exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, body);
        if (bytes == null) {
            throw unsuitable(body);
        }
        // JSON is UTF-8 (RFC 8259) unless the sender said otherwise.
        String charset = exchange.getProperty(ExchangePropertyKey.CHARSET_NAME, String.class);
        if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
            return new String(bytes, Charset.forName(charset));
        }
        int start = bytes.length > 2 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB ? 3 : 0;
        return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException unsuitable(@Nullable Object body) {
        String what = body == null
                ? "null"
                : body instanceof Change
                        ? "a change among rows"
                        : body.getClass().getName();
        return new IllegalArgumentException(
                "table: takes a map, a list of maps, or JSON (text, bytes, stream), but the body is " + what);
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
