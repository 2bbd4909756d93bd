package io.bactrian.change;

import java.util.Map;

/** The columns of a table by name, and how each is read back from JSON. Immutable. */
public record RowType(Map<String, ColumnType> columns) {

    /** Knows no column: every value is read as JSON gives it. */
    public static final RowType UNKNOWN = new RowType(Map.of());

    public RowType {
        columns = Map.copyOf(columns);
    }

    public ColumnType typeOf(String column) {
        return columns.getOrDefault(column, ColumnType.OTHER);
    }
}
