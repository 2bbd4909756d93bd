package io.bactrian.table;

import io.bactrian.change.Change;
import io.bactrian.table.WriteRequest.Action;
import java.util.List;

/**
 * A change to repeat in another database.
 *
 * @param table where, as the catalog names it
 * @param action upsert, delete or truncate
 * @param origin chain of parties stamped on the write, first the one that makes it
 */
public record RowChange(Change change, String table, Action action, List<String> origin) {
    public RowChange {
        origin = List.copyOf(origin);
    }
}
