package io.bactrian.table;

import io.bactrian.database.Database;

/** SEAM (to be implemented): writes user tables of one database. Thread-safe. */
public final class TableWriter {
    public TableWriter(Database database) {}

    /** Claim, write and origin in one transaction, in one round trip where the product can. */
    public WriteResult write(WriteRequest request) {
        throw new UnsupportedOperationException();
    }
}
