package io.bactrian.camel.connector;

import io.bactrian.camel.MessageMapping;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Takes a row's columns out of a JSON body: {@code id=orderNumber, article=item.sku} says which column comes from where. A
 * member that isn't there leaves its column out, a null sets it to NULL. Without a mapping the body stays as it is.
 * Thread-safe once it is set up.
 */
public final class ColumnMap implements MessageMapping {
    private Map<String, JsonPath> columns = Map.of();

    /**
     * @throws IllegalArgumentException where a part isn't {@code column=path}
     */
    public void setColumns(String mapping) {
        Map<String, JsonPath> parsed = new LinkedHashMap<>();
        for (String part : mapping.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 1 || part.substring(0, equals).isBlank()) {
                throw new IllegalArgumentException("Not a mapping of columns: '" + part.strip()
                        + "'. Write column=path, separated by commas, such as id=orderNumber, article=item.sku");
            }
            parsed.put(part.substring(0, equals).strip(), JsonPath.of(part.substring(equals + 1)));
        }
        columns = parsed;
    }

    @Override
    public void process(Exchange exchange) {
        if (columns.isEmpty()) {
            return;
        }
        Object value = json(exchange);
        if (value instanceof List<?> elements) {
            List<Row> rows = new ArrayList<>();
            elements.forEach(element -> rows.add(row(element)));
            exchange.getMessage().setBody(rows);
        } else {
            exchange.getMessage().setBody(row(value));
        }
    }

    /** A row of the mapped columns, or of all members where nothing is mapped. */
    Row row(@Nullable Object element) {
        if (!(element instanceof Map<?, ?> object)) {
            throw new IllegalArgumentException(
                    "A row is made from a JSON object, and this isn't one: " + abridged(String.valueOf(element)));
        }
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        if (columns.isEmpty()) {
            object.forEach((name, member) -> row.put(String.valueOf(name), member));
        } else {
            columns.forEach((column, path) -> path.in(object).ifPresent(found -> row.put(column, found.value())));
        }
        return Row.of(row);
    }

    private static @Nullable Object json(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body == null || body instanceof Map<?, ?> || body instanceof List<?>) {
            return body;
        }
        return RowJson.readValue(text(exchange));
    }

    /** JSON is UTF-8 (RFC 8259). */
    static String text(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof String text) {
            return text;
        }
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String abridged(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
