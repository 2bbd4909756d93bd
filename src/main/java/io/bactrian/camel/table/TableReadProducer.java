package io.bactrian.camel.table;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.database.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a message's body, which says which row, by that row: a map, or null where there is none. A list of keys
 * becomes a list of rows, without those that aren't there.
 */
final class TableReadProducer extends DefaultProducer {
    private final TableEndpoint endpoint;

    TableReadProducer(TableEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        String table = endpoint.getTable().equals("*")
                ? message.getHeader(BactrianHeaders.TABLE, "", String.class)
                : endpoint.getTable();
        List<String> columns = columns(table);
        Object body = message.getBody();
        if (body instanceof Collection<?>) {
            List<Map<String, @Nullable Object>> found = new ArrayList<>();
            for (Map<String, @Nullable Object> row : RowBodies.rows(exchange, body)) {
                endpoint.reader().find(table, key(columns, row)).ifPresent(found::add);
            }
            message.setBody(found);
        } else {
            message.setBody(
                    endpoint.reader().find(table, key(exchange, columns, body)).orElse(null));
        }
    }

    private List<String> columns(String table) {
        if (!endpoint.keyColumns().isEmpty()) {
            return endpoint.keyColumns();
        }
        List<String> key =
                endpoint.theDatabase().catalog().find(table).map(Table::key).orElse(List.of());
        if (key.isEmpty()) {
            throw new IllegalArgumentException("table:" + table + "?operation=read: there is no such table with a"
                    + " primary key in database " + endpoint.getDatabase() + "; name the columns by key=…");
        }
        return key;
    }

    private static Map<String, @Nullable Object> key(Exchange exchange, List<String> columns, @Nullable Object body) {
        // The value itself, where one is enough; but not JSON.
        if (columns.size() == 1
                && (body instanceof Number
                        || body instanceof String text && !text.stripLeading().startsWith("{"))) {
            return Map.of(columns.get(0), body);
        }
        List<Map<String, @Nullable Object>> rows = RowBodies.rows(exchange, body);
        return key(columns, rows.isEmpty() ? Map.of() : rows.get(0));
    }

    private static Map<String, @Nullable Object> key(List<String> columns, Map<String, @Nullable Object> row) {
        Map<String, @Nullable Object> key = new LinkedHashMap<>();
        for (String column : columns) {
            if (row.get(column) == null) {
                throw new IllegalArgumentException("The body has no value for key column '" + column + "'");
            }
            key.put(column, row.get(column));
        }
        return key;
    }
}
