package io.bactrian.table;

import io.bactrian.database.Database;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SEAM (to be implemented): reads user tables of one database. Thread-safe. */
public final class TableReader {
    public TableReader(Database database) {}

    /** Rows whose columns equal these values (null: IS NULL), in key order. */
    public List<Map<String, @Nullable Object>> list(
            String table, Map<String, @Nullable Object> equal, int limit, int offset) {
        throw new UnsupportedOperationException();
    }
}
