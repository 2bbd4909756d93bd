package io.bactrian.database;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one statement on one row looks like, apart from the values.
 *
 * @param kind what is done with the row
 * @param written the columns that get a value; none for a delete; without the key and the version for an update
 * @param key the columns that say which row; a row must have a value for each, but for an insert
 * @param version the column of the optimistic check, or null
 * @param returned the columns asked for as they are afterwards; empty for none
 */
public record RowShape(
        Table table,
        Kind kind,
        List<Column> written,
        List<Column> key,
        @Nullable Column version,
        List<Column> returned) {

    /** What is done with the row. */
    public enum Kind {
        /** Fails where the row is there. */
        INSERT,
        /** Does nothing where the row is there. */
        INSERT_WHERE_ABSENT,
        /** Overwrites the row where it is there; with a version only a row whose version is lower or null. */
        UPSERT,
        /** Does nothing where the row isn't there; with a version only the row that has exactly this one. */
        UPDATE,
        /** Does nothing where the row isn't there; with a version not a row whose version is higher. */
        DELETE
    }

    public RowShape {
        written = List.copyOf(written);
        key = List.copyOf(key);
        returned = List.copyOf(returned);
    }
}
