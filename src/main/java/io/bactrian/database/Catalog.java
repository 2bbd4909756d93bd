package io.bactrian.database;

import io.bactrian.change.RowType;
import java.util.List;
import java.util.Optional;

/** SEAM (to be implemented): a database's tables, columns and keys, cached. Thread-safe. */
public final class Catalog {
    Catalog() {}

    /** All user tables, without ours. */
    public List<Table> tables() {
        throw new UnsupportedOperationException();
    }

    public Optional<Table> find(String name) {
        throw new UnsupportedOperationException();
    }

    /** How the table's rows are read; {@link RowType#UNKNOWN} where the database can't be asked or has no such table. */
    public RowType rowType(String table) {
        throw new UnsupportedOperationException();
    }

    public void refresh() {
        throw new UnsupportedOperationException();
    }
}
