package io.bactrian.database;

import io.bactrian.change.ColumnType;

/**
 * A column as the catalog has it.
 *
 * @param sqlType the product's own name of its type, such as {@code numeric(12,2)}
 * @param generated computed by the database; never written
 * @param hasDefault may be absent from an insert
 * @param unseen computed only when it is read, so that triggers don't see it
 */
public record Column(
        String name,
        ColumnType type,
        String sqlType,
        boolean nullable,
        boolean generated,
        boolean hasDefault,
        boolean unseen) {}
