package io.bactrian.change;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row change, as captured and collected. Immutable and safe to share; the rows it hands out are new each time and
 * belong to the caller.
 *
 * @param id its name for ever
 * @param position where it stands in its database's journal
 * @param table the table as the catalog stores it, {@code schema.table} outside the default schema; an event's name
 * @param operation what happened
 * @param keyJson the key as a JSON object without blanks, columns in the key's order; {@code {}} for a table without key
 *     and for TRUNCATE
 * @param keyBeforeJson the key before, where the change altered it, else null
 * @param beforeJson the row before, or null (insert, snapshot, truncate)
 * @param afterJson the row after, or null (delete, truncate)
 * @param transaction the database's name for the transaction
 * @param origin the chain of parties on whose behalf the write was made, first the one that made it here; empty for a
 *     plain application write
 * @param time the database's clock when the row was written
 * @param collected our clock when it was collected; never goes back within a journal
 * @param rowType how the rows' columns are read; an event's payload is no row of a table, and is read as its JSON says
 */
public record Change(
        ChangeId id,
        long position,
        String table,
        Operation operation,
        String keyJson,
        @Nullable String keyBeforeJson,
        @Nullable String beforeJson,
        @Nullable String afterJson,
        String transaction,
        List<String> origin,
        Instant time,
        Instant collected,
        RowType rowType) {

    public Change {
        origin = List.copyOf(origin);
        rowType = operation == Operation.EVENT ? RowType.UNKNOWN : rowType;
    }

    public String database() {
        return id.database();
    }

    /** Where it happened, as CloudEvents' {@code source} has it: {@code /databases/main/tables/orders}. */
    public String source() {
        return "/databases/" + database() + (operation == Operation.EVENT ? "/events/" : "/tables/") + table;
    }

    /** The key's columns and values, the caller's own. */
    public Row key() {
        return Row.ofJson(keyJson, rowType);
    }

    /** The key before, where the change altered it. */
    public @Nullable Row keyBefore() {
        return row(keyBeforeJson);
    }

    public @Nullable Row before() {
        return row(beforeJson);
    }

    public @Nullable Row after() {
        return row(afterJson);
    }

    /** The row after the change; for a delete the row before; null for truncate. */
    public @Nullable Row row() {
        return afterJson != null ? after() : before();
    }

    private @Nullable Row row(@Nullable String json) {
        return json == null ? null : Row.ofJson(json, rowType);
    }
}
