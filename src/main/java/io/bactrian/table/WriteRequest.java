package io.bactrian.table;

import io.bactrian.change.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One write on behalf of a party: rows that go in together or not at all.
 *
 * @param table as the catalog names it: {@code table}, or {@code schema.table} outside the default schema
 * @param rows maps of column to natural Java value or its JSON form; a delete's need only the key, a truncate has none.
 *     In a {@link io.bactrian.change.Row} the text for a JSON column is a JSON string; in any other map it may also be
 *     the text of a JSON object or array
 * @param keyColumns what identifies a row; empty for the table's primary key
 * @param origin chain of parties stamped on the write, first the one that makes it; their names hold no comma
 * @param claim makes the write applied once; absent where the message has no id
 * @param versionColumn column for optimistic checks, or null. An upsert overwrites only a lower version; an update only
 *     exactly the given one, which it then counts up where it is a number; a delete spares a higher one
 * @param onConflict what to do where the row is there already, or its version moved on
 * @param returning whether the result carries the rows as they are afterwards
 */
public record WriteRequest(
        String table,
        Action action,
        List<? extends Map<String, ? extends @Nullable Object>> rows,
        List<String> keyColumns,
        List<String> origin,
        Optional<Claim> claim,
        @Nullable String versionColumn,
        OnConflict onConflict,
        boolean returning) {

    /** What to do with the rows. */
    public enum Action {
        UPSERT,
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE;

        /** The action that repeats a change elsewhere. */
        public static Action repeating(Operation operation) {
            return switch (operation) {
                case INSERT, UPDATE, SNAPSHOT, EVENT -> UPSERT;
                case DELETE -> DELETE;
                case TRUNCATE -> TRUNCATE;
            };
        }
    }

    /** What to do where the row is there already, or its version moved on. */
    public enum OnConflict {
        /** An upsert overwrites (under a version check a lower version only); an insert, or a stale update, fails. */
        OVERWRITE,
        /** Leaves the row as it is; that is no failure. */
        KEEP,
        /** Fails, also where an upsert or a delete comes with a stale version. */
        FAIL
    }

    /**
     * A claim of (route, step, split index, message id), invariant 9.
     *
     * @param split index within a split message, else 0
     * @param generation 0, or higher where an operator replays on purpose
     */
    public record Claim(String route, String step, int split, String messageId, int generation) {}

    public WriteRequest {
        rows = List.copyOf(rows);
        keyColumns = List.copyOf(keyColumns);
        origin = List.copyOf(origin);
        for (String party : origin) {
            if (party.isBlank() || party.indexOf(',') >= 0) {
                throw new IllegalArgumentException(
                        "Origin '" + party + "': a party's name is not blank and holds no comma");
            }
        }
    }

    /** A plain write: by the primary key, without origin, claim, version check or returned rows. */
    public static WriteRequest of(
            String table, Action action, List<? extends Map<String, ? extends @Nullable Object>> rows) {
        return new WriteRequest(
                table, action, rows, List.of(), List.of(), Optional.empty(), null, OnConflict.OVERWRITE, false);
    }

    /** The same write stamped with this chain of parties. */
    public WriteRequest stamped(List<String> parties) {
        return new WriteRequest(table, action, rows, keyColumns, parties, claim, versionColumn, onConflict, returning);
    }

    /** The same write, done once however often it comes. */
    public WriteRequest once(Optional<Claim> by) {
        return new WriteRequest(table, action, rows, keyColumns, origin, by, versionColumn, onConflict, returning);
    }
}
