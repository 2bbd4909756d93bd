package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.ColumnType;
import io.bactrian.change.RowType;
import io.bactrian.database.DatabaseException.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every product's {@link Database} must do. Subclasses say how one is made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseContract {
    Database database;

    /** How a new, empty database is reached. */
    abstract DatabaseSettings newDatabase();

    /** How a database is reached that can't be: no server, or no such place. */
    abstract DatabaseSettings unreachable();

    /** The column types of {@code kinds}, in order, and the statement that makes it. */
    abstract String kindsOfColumns();

    abstract List<ColumnType> kindsExpected();

    @BeforeAll
    void open() {
        database = Database.open(newDatabase());
        execute("CREATE TABLE item(id integer PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, note text DEFAULT 'x')");
        execute(kindsOfColumns());
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void aTransactionCommits() {
        database.transaction(List.of(), c -> update(c, "INSERT INTO item(id, name) VALUES (1, 'one')"));
        assertEquals(1L, count("SELECT count(*) FROM item WHERE id = 1"));
    }

    @Test
    void aFailedTransactionLeavesNothingAndTheConnectionGoesOn() {
        for (int i = 0; i < 30; i++) {
            IllegalStateException thrown = new IllegalStateException("told to");
            assertSame(
                    thrown,
                    assertThrows(
                            IllegalStateException.class,
                            () -> database.transaction(List.of(), c -> {
                                update(c, "INSERT INTO item(id, name) VALUES (2, 'two')");
                                throw thrown;
                            })));
        }
        assertEquals(0L, count("SELECT count(*) FROM item WHERE id = 2"));
    }

    @Test
    void aReadKeepsNothing() {
        database.read(c -> update(c, "INSERT INTO item(id, name) VALUES (3, 'three')"));
        assertEquals(0L, count("SELECT count(*) FROM item WHERE id = 3"));
    }

    @Test
    void connectionsOfTheDataSourceCommitEachStatement() throws SQLException {
        try (var connection = database.dataSource().getConnection()) {
            assertTrue(connection.getAutoCommit());
            update(connection, "INSERT INTO item(id, name) VALUES (4, 'four')");
        }
        assertEquals(1L, count("SELECT count(*) FROM item WHERE id = 4"));
    }

    @Test
    void manyWritersThatReadFirstDoNotFail() throws Exception {
        execute("CREATE TABLE counter(id integer PRIMARY KEY, n integer NOT NULL)");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int id = t;
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        int n = i;
                        database.transaction(List.of(), c -> {
                            count("SELECT count(*) FROM counter", c);
                            return update(c, "INSERT INTO counter VALUES (" + (id * 20 + n) + ", 0)");
                        });
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(160L, count("SELECT count(*) FROM counter"));
    }

    @Test
    void failuresAreClassified() {
        execute("INSERT INTO item(id, name) VALUES (5, 'five')");
        assertEquals(Kind.CONSTRAINT, kindOf("INSERT INTO item(id, name) VALUES (5, 'again')"));
        assertEquals(Kind.CONSTRAINT, kindOf("INSERT INTO item(id, name) VALUES (6, 'five')"));
        assertEquals(Kind.CONSTRAINT, kindOf("INSERT INTO item(id, name) VALUES (7, NULL)"));
        assertEquals(Kind.INVALID_VALUE, kindOf("INSERT INTO item(id, name) VALUES ('seven', 'seven')"));
        assertEquals(Kind.INVALID_STATEMENT, kindOf("INSERT INTO nowhere VALUES (1)"));
        assertEquals(Kind.INVALID_STATEMENT, kindOf("INSERT INTO item(nothing) VALUES (1)"));
        assertEquals(Kind.INVALID_STATEMENT, kindOf("INSRET"));
    }

    @Test
    void anUnreachableDatabaseFailsOnUseNotOnOpening() {
        try (Database nowhere = Database.open(unreachable())) {
            assertEquals(RowType.UNKNOWN, nowhere.catalog().rowType("item"));
            DatabaseException failure = assertThrows(DatabaseException.class, () -> nowhere.read(c -> 1));
            assertEquals(Kind.UNREACHABLE, failure.kind(), failure.getMessage());
        }
    }

    @Test
    void theCatalogKnowsTablesColumnsAndKeys() {
        execute(
                "CREATE TABLE \"Größe \"\"x\"\" 表\"(\"B\" varchar(3), \"a b\" integer, c integer, PRIMARY KEY(\"B\", \"a b\"))");
        database.catalog().refresh();
        Table strange = database.catalog().find("Größe \"x\" 表").orElseThrow();
        assertEquals(List.of("B", "a b"), strange.key());
        assertFalse(strange.column("a b").orElseThrow().hasDefault());
        assertEquals(0L, count("SELECT count(*) FROM " + strange.sqlName()));
        Table item = database.catalog().find("item").orElseThrow();
        assertEquals(List.of("id"), item.key());
        assertEquals(
                List.of("id", "name", "note"),
                item.columns().stream().map(Column::name).toList());
        assertFalse(item.column("name").orElseThrow().nullable());
        assertFalse(item.column("name").orElseThrow().hasDefault());
        assertTrue(item.column("note").orElseThrow().nullable());
        assertTrue(item.column("note").orElseThrow().hasDefault());
        assertTrue(database.catalog().find("nowhere").isEmpty());
    }

    @Test
    void everyColumnHasItsNaturalType() {
        Table kinds = database.catalog().find("kinds").orElseThrow();
        assertEquals(kindsExpected(), kinds.columns().stream().map(Column::type).toList());
    }

    @Test
    void generatedColumnsAreKnown() {
        execute("CREATE TABLE computed(id integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (id * 2) STORED)");
        database.catalog().refresh();
        assertTrue(database.catalog()
                .find("computed")
                .orElseThrow()
                .column("twice")
                .orElseThrow()
                .generated());
    }

    @Test
    void aDroppedTableIsForgottenAtRefreshAndItsRowTypeIsUnknown() {
        execute("CREATE TABLE brief(id integer PRIMARY KEY)");
        database.catalog().refresh();
        assertNotNull(database.catalog().rowType("brief").columns().get("id"));
        execute("DROP TABLE brief");
        database.catalog().refresh();
        assertEquals(RowType.UNKNOWN, database.catalog().rowType("brief"));
    }

    void execute(String sql) {
        database.transaction(List.of(), c -> update(c, sql));
    }

    static int update(java.sql.Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    long count(String sql) {
        return database.read(c -> count(sql, c));
    }

    static long count(String sql, java.sql.Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Kind kindOf(String sql) {
        return assertThrows(DatabaseException.class, () -> execute(sql), sql).kind();
    }
}
