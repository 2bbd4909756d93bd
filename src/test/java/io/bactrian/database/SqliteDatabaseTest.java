package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bactrian.change.ColumnType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest extends DatabaseContract {
    @TempDir
    static Path folder;

    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + folder.resolve("test.db"), null, null, 10);
    }

    @Override
    DatabaseSettings unreachable() {
        return new DatabaseSettings("gone", "jdbc:sqlite:" + folder.resolve("nowhere/test.db"), null, null, 2);
    }

    @Override
    String kindsOfColumns() {
        return "CREATE TABLE kinds(a boolean, b integer, c bigint, d decimal(12,2), e real, f double precision, g text,"
                + " h varchar(3), i blob, j date, k time, l timestamp, m uuid, n json, o, p numeric)";
    }

    @Override
    List<ColumnType> kindsExpected() {
        return List.of(
                ColumnType.BOOLEAN,
                ColumnType.LONG,
                ColumnType.LONG,
                ColumnType.DECIMAL,
                ColumnType.DOUBLE,
                ColumnType.DOUBLE,
                ColumnType.TEXT,
                ColumnType.TEXT,
                ColumnType.BINARY,
                ColumnType.DATE,
                ColumnType.TIME,
                ColumnType.TIMESTAMP,
                ColumnType.UUID,
                ColumnType.JSON,
                ColumnType.OTHER,
                ColumnType.DECIMAL);
    }

    @Test
    void aDatabaseInMemoryIsRefusedWithTheRemedy() {
        DatabaseSettings settings = new DatabaseSettings("main", "jdbc:sqlite::memory:", null, null, 10);
        String message = assertThrows(IllegalArgumentException.class, () -> Database.open(settings))
                .getMessage();
        assertEquals(true, message.contains("name a file"), message);
    }

    @Test
    void foreignKeysAreEnforced() {
        execute("CREATE TABLE parent(id integer PRIMARY KEY)");
        execute("CREATE TABLE child(id integer PRIMARY KEY, parent integer REFERENCES parent)");
        DatabaseException failure =
                assertThrows(DatabaseException.class, () -> execute("INSERT INTO child VALUES (1, 1)"));
        assertEquals(DatabaseException.Kind.CONSTRAINT, failure.kind());
    }
}
