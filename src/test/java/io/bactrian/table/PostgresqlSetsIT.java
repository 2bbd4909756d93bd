package io.bactrian.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.testing.PostgresServer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which statements a batch becomes on PostgreSQL, and that values survive them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresqlSetsIT {
    private static final String VALUES = """
            id bigint PRIMARY KEY, flag boolean, amount numeric(40,10), huge numeric, ratio float8, small real,
            word text, short varchar(10), photo bytea, day date, hour time, hourz timetz, at timestamp,
            shipped timestamptz, tag uuid, doc jsonb, plain json, labels text[], grid int[][], span interval, ip inet,
            mood mood, code code, far timestamptz, nothing text, "we""ird \\ näme" text,
            doubled bigint GENERATED ALWAYS AS (id / 2) STORED""";

    private Database database;
    private SetWriter writer;
    private long seq;

    @BeforeAll
    void open() {
        database = Database.open(new DatabaseSettings(
                "crm", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 5));
        run("CREATE TABLE child (id bigint PRIMARY KEY)");
        run("CREATE TABLE parent (id bigint PRIMARY KEY, code text)");
        run("ALTER TABLE child ADD parent bigint REFERENCES parent (id)");
        run("CREATE TABLE owner (id bigint PRIMARY KEY)");
        run("CREATE TABLE owned (id bigint PRIMARY KEY, owner bigint REFERENCES owner (id) ON DELETE CASCADE)");
        run("CREATE TABLE trunk (id bigint PRIMARY KEY, kept text DEFAULT 'default')");
        run("CREATE TABLE leaf (id bigint PRIMARY KEY, trunk bigint REFERENCES trunk (id) ON UPDATE CASCADE)");
        run("CREATE TABLE named (name text PRIMARY KEY)");
        run("CREATE TABLE a (id int PRIMARY KEY, b int)");
        run("CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id))");
        run("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)");
        run("CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE DOMAIN code AS varchar(3) CHECK (value <> 'bad')");
        run("CREATE TABLE source (" + VALUES + ")");
        run("CREATE TABLE target (" + VALUES + ")");
        new Capture(database, new CaptureSettings(List.of("source"), List.of(), Install.AUTO)).install(List.of());
        writer = new SetWriter(database, database.dialect().writes().sets().orElseThrow());
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void rowsOfOneTableAreOneStatementParentsFirst() {
        assertEquals(
                List.of("upsert parent 1 2", "upsert child 1 2 3", "delete child 8", "delete parent 9"),
                steps("child 1", "parent 1", "child 2", "-parent 9", "parent 2", "child 3", "-child 8"));
    }

    @Test
    void theLastChangeOfARowCounts() {
        assertEquals(
                List.of("upsert parent 2", "delete parent 1"), steps("parent 1", "parent 2", "parent 1", "-parent 1"));
    }

    @Test
    void aDeletedRowThatComesAgainIsWrittenAfterIt() {
        assertEquals(
                List.of("upsert parent 2", "delete parent 1", "upsert parent 1 3"),
                steps("-parent 1", "parent 2", "parent 1", "parent 3"));
    }

    @Test
    void whereTheTargetDeletesByItselfTheOrderIsKept() {
        assertEquals(
                List.of("upsert owned 1", "delete owner 1", "upsert owned 2"), steps("owned 1", "-owner 1", "owned 2"));
    }

    @Test
    void keysWhoseTextsMayBeEqualAreNotReordered() {
        assertEquals(
                List.of("upsert named a b", "delete named a", "upsert named A"),
                steps("named a", "named b", "-named a", "named A"));
    }

    @Test
    void tablesThatReferToEachOtherMakeNoEndlessLoop() {
        assertEquals(2, steps("a 1", "b 1").size());
    }

    @Test
    void whatMustBeLookedAtIsNotPlanned() {
        assertEquals(Optional.empty(), writer.plan(List.of(change("nowhere 1"))));
        assertEquals(Optional.empty(), writer.plan(List.of(with("{\"id\":1,\"colour\":\"red\"}", type("parent")))));
        // Captured with another type: it may need a conversion.
        assertEquals(Optional.empty(), writer.plan(List.of(with("{\"id\":1,\"code\":\"x\"}", RowType.UNKNOWN))));
        assertEquals(Optional.empty(), writer.plan(List.of(with("{\"id\":1,\"code\":", type("parent")))));
        assertTrue(writer.plan(List.of(with(" {\"code\" : \"x\", \"id\" : 1 } ", type("parent"))))
                .isPresent());
    }

    @Test
    @DisplayName("invariant 13: what a trigger captured is written elsewhere as it was, its text untouched")
    void valuesSurvive() {
        run("""
                INSERT INTO source VALUES (9223372036854775807, true, 123456789012345678901234567890.0123456789,
                    0.00000000000000000000000000000000000000000012345, 0.1, 0.1, E'Zoë \\U0001F42B "q" \\\\ ''s'' \\n\\t{}[],:',
                    '0123456789', '\\x00ff0a22', '2024-02-29', '12:34:56.789', '12:34:56.789+02',
                    '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.123456+05', '01234567-89ab-cdef-0123-456789abcdef',
                    '{"exact": 1.10, "list": [1, "two", true, null]}', '{"b" : 1, "a" : [ ] }',
                    '{a,"b,c","d\\"e\\\\",NULL,"NULL",""}', '{{1,2},{3,4}}', '1 day 02:03:04', '::1', 'sad', 'abc',
                    'infinity', NULL, 'x')""");
        run("INSERT INTO source (id, huge, ratio, small, far) VALUES (2, 'NaN', 'NaN', '-Infinity', '-infinity')");
        run("INSERT INTO source (id, amount, at) VALUES (3, -0.5, '294276-12-31')");
        List<RowChange> changes = database.read(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT key, new FROM bactrian.change ORDER BY seq")) {
                List<RowChange> read = new java.util.ArrayList<>();
                while (row.next()) {
                    read.add(upsert("target", row.getString(1), row.getString(2), type("source")));
                }
                return read;
            }
        });
        assertEquals(3, writer.run(writer.plan(changes).orElseThrow(), Optional.empty()));
        assertEquals(3, writer.run(writer.plan(changes).orElseThrow(), Optional.empty()), "over what is there");
        assertEquals(
                "",
                query("SELECT coalesce(string_agg(s::text, ' '), '') FROM source s WHERE s::text NOT IN"
                        + " (SELECT t::text FROM target t)"));
    }

    @Test
    void aKeyThatChangesTakesAlongWhatRefersToIt() {
        run("INSERT INTO trunk VALUES (1, 'a'), (3, 'c'); INSERT INTO leaf VALUES (10, 1)");
        move(1, 2);
        assertEquals("2", query("SELECT trunk FROM leaf"));
        assertEquals("2a 3c", query("SELECT string_agg(id || kept, ' ' ORDER BY id) FROM trunk"));
        move(1, 2);
        assertEquals("2a 3c", query("SELECT string_agg(id || kept, ' ' ORDER BY id) FROM trunk"), "once more");
        run("INSERT INTO trunk VALUES (1, 'b')");
        move(1, 3);
        assertEquals("2a 3c", query("SELECT string_agg(id || kept, ' ' ORDER BY id) FROM trunk"), "over another");
    }

    private void move(long from, long to) {
        Change change = new Change(
                new ChangeId("main", 1, ++seq),
                seq,
                "trunk",
                Operation.UPDATE,
                "{\"id\":" + to + "}",
                "{\"id\":" + from + "}",
                null,
                "{\"id\":" + to + "}",
                "t",
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH,
                type("trunk"));
        writer.run(
                writer.plan(List.of(new RowChange(change, "trunk", Action.UPSERT, List.of())))
                        .orElseThrow(),
                Optional.empty());
    }

    @Test
    void aLongBatchIsSeveralStatements() {
        String note = "x".repeat(1 << 20);
        List<RowChange> changes = new java.util.ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            changes.add(upsert(
                    "parent", "{\"id\":" + i + "}", "{\"id\":" + i + ",\"code\":\"" + note + "\"}", type("parent")));
        }
        assertEquals(10, writer.run(writer.plan(changes).orElseThrow(), Optional.empty()));
        run("DELETE FROM parent");
    }

    private List<String> steps(String... changes) {
        return writer.plan(Arrays.stream(changes).map(this::change).toList()).orElseThrow().stream()
                .map(PostgresqlSetsIT::shown)
                .toList();
    }

    /** {@code upsert parent 1 2}. */
    private static String shown(SetPlan.Step step) {
        String sql = step.statement().replaceFirst("/\\*.*\\*/ ", "");
        String table = sql.replaceFirst("(?s).*?\"public\"\\.\"(\\w+)\".*", "$1");
        StringBuilder text = new StringBuilder(sql.startsWith("INSERT") ? "upsert " : "delete ").append(table);
        step.rows().forEach(row -> text.append(' ').append(row.replaceAll("^\\{\"\\w+\":\"?(\\w+).*", "$1")));
        return text.toString();
    }

    /** {@code parent 1}, or {@code -parent 1} for a delete. */
    private RowChange change(String text) {
        boolean delete = text.startsWith("-");
        String table = text.substring(delete ? 1 : 0, text.indexOf(' '));
        String value = text.substring(text.indexOf(' ') + 1);
        String json = table.equals("named") ? "{\"name\":\"" + value + "\"}" : "{\"id\":" + value + "}";
        String row = switch (table) {
            case "parent" -> "{\"id\":" + value + ",\"code\":\"c\"}";
            case "child" -> "{\"id\":" + value + ",\"parent\":1}";
            default -> json;
        };
        return new RowChange(
                change(table, delete ? Operation.DELETE : Operation.UPDATE, json, delete ? null : row, type(table)),
                table,
                delete ? Action.DELETE : Action.UPSERT,
                List.of());
    }

    private RowChange with(String row, RowType captured) {
        return upsert("parent", "{\"id\":1}", row, captured);
    }

    private RowChange upsert(String table, String key, String row, RowType captured) {
        return new RowChange(change(table, Operation.INSERT, key, row, captured), table, Action.UPSERT, List.of());
    }

    private Change change(String table, Operation operation, String key, @Nullable String row, RowType captured) {
        return new Change(
                new ChangeId("main", 1, ++seq),
                seq,
                table,
                operation,
                key,
                null,
                null,
                row,
                "t",
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH,
                captured);
    }

    private RowType type(String table) {
        return database.catalog().rowType(table);
    }

    private String query(String sql) {
        return database.read(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        });
    }

    private void run(String sql) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }
}
