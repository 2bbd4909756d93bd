package io.bactrian.database;

import java.util.List;

/**
 * A read of whole rows, apart from the values.
 *
 * @param equal columns that must equal a value
 * @param absent columns that must be NULL
 * @param order columns to sort by
 */
public record RowQuery(Table table, List<Column> equal, List<Column> absent, List<Column> order) {
    public RowQuery {
        equal = List.copyOf(equal);
        absent = List.copyOf(absent);
        order = List.copyOf(order);
    }
}
