package io.bactrian.database;

import io.bactrian.change.ColumnType;
import java.util.List;

/**
 * How a product writes many rows by one statement, their text taken as it was captured. Its statements have one parameter,
 * which is bound as text: a JSON array of objects, one for each row, no two of the same key. Stateless and thread-safe; it
 * returns SQL, decides nothing.
 */
public interface SetWrites {
    /** Overwrites the rows that are there and inserts the others. The objects' members are the written columns and more. */
    String upsert(RowShape shape);

    /** Deletes rows by their key; what isn't there is passed over. */
    String delete(RowShape shape);

    /**
     * Gives rows another key, unless another row has it already; so foreign keys that follow do. The objects are {@code
     * {"old":…,"new":…}}, keys both.
     */
    String move(RowShape shape);

    /**
     * A query of the tables' foreign keys: the schema-qualified, quoted name of the table that refers, that of the one
     * referred to, and whether the database itself alters or removes what refers to a row that is deleted.
     */
    String references();

    /** Whether the JSON form of a value that was captured from one type means the same when it is written to this column. */
    boolean takes(Column column, ColumnType captured);

    /** Whether two keys are the same row only where their JSON texts are the same. */
    boolean tellsKeysApart(List<Column> key);
}
