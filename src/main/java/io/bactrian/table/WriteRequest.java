package io.bactrian.table;

import io.bactrian.change.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SEAM (refine): one write on behalf of a party: rows that go in together or not at all.
 *
 * @param keyColumns what identifies a row; empty for the table's primary key
 * @param origin chain of parties stamped on the write
 * @param claim makes the write applied once; absent where the message has no id
 * @param versionColumn column for optimistic checks, or null
 */
public record WriteRequest(
        String table,
        Action action,
        List<Map<String, @Nullable Object>> rows,
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
                case INSERT, UPDATE, SNAPSHOT -> UPSERT;
                case DELETE -> DELETE;
                case TRUNCATE -> TRUNCATE;
            };
        }
    }

    /** What to do where the row is there already (or its version moved on). */
    public enum OnConflict {
        OVERWRITE,
        KEEP,
        FAIL
    }

    /** A claim of (route, step, split index, message id), invariant 9. */
    public record Claim(String route, String step, int split, String messageId, int generation) {}
}
