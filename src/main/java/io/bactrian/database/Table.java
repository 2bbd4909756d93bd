package io.bactrian.database;

import io.bactrian.change.RowType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table as the catalog has it.
 *
 * @param name {@code table} in the default schema, else {@code schema.table}
 * @param sqlName the quoted name for SQL
 * @param key the primary key's columns in order; empty where there is none
 */
public record Table(String name, String sqlName, List<Column> columns, List<String> key) {
    public Table {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    public RowType rowType() {
        Map<String, io.bactrian.change.ColumnType> types = new LinkedHashMap<>();
        columns.forEach(column -> types.put(column.name(), column.type()));
        return new RowType(types);
    }
}
