package io.bactrian.camel.table;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.change.Operation;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.journal.Entry;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches of changes that a route writes to a table, and what becomes of those that the table refuses. */
class BatchRoutesTest {
    @TempDir
    Path directory;

    private Workbench bench;
    private Database database;

    @BeforeEach
    void start() {
        database = Database.open(
                new DatabaseSettings("main", "jdbc:sqlite:" + directory.resolve("main.db"), null, null, 2));
        run("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT CHECK (status <> 'bad'))");
        new Capture(database, new CaptureSettings(List.of("orders"), List.of(), Install.AUTO)).install(List.of());
        bench = new Workbench(directory, Map.of());
    }

    @AfterEach
    void stop() {
        bench.close();
        database.close();
    }

    @Test
    @DisplayName("invariants 3, 7: half a batch breaks a rule of the target: those are dead letters, the rest is there")
    void halfABatchBreaksARule() throws Exception {
        run("CREATE TABLE seen (at INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER)");
        run("CREATE TRIGGER see AFTER INSERT ON orders BEGIN INSERT INTO seen (id) VALUES (new.id); END");
        route("<to uri=\"table:*\"/>");
        Entry[] entries = new Entry[100];
        for (int i = 0; i < 100; i++) {
            entries[i] = order("orders", i, i % 2 == 0 ? "bad" : "good");
        }
        bench.collect(entries);
        await().until(() -> letters().size() == 50);
        assertEquals("50", query("SELECT count(*) FROM orders WHERE id % 2 = 1"));
        assertEquals("0", query("SELECT count(*) FROM orders WHERE status = 'bad'"));
        assertEquals(
                query("SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY id)"),
                query("SELECT group_concat(id) FROM (SELECT id FROM seen ORDER BY at)"),
                "applied in order");
        assertTrue(
                letters().get(0).error().contains("CHECK constraint failed"),
                letters().get(0).error());
        assertEquals("98", String.valueOf(letters().get(0).change().key().get("id")));
    }

    @Test
    void aRowThatIsMendedWithinItsBatchComesThrough() throws Exception {
        route("<to uri=\"table:*\"/>");
        bench.collect(order("orders", 1, "bad"), order("orders", 2, "good"), order("orders", 1, "good"));
        await().until(() ->
                query("SELECT count(*) FROM orders WHERE status = 'good'").equals("2"));
    }

    @Test
    void aTableThatTheTargetLacksIsNamedInDeadLetters() throws Exception {
        route("<to uri=\"table:*\"/>");
        bench.collect(order("orders", 1, "good"), order("invoices", 1, "good"), order("orders", 3, "good"));
        await().until(() -> letters().size() == 1);
        String table = letters().get(0).error();
        assertTrue(table.contains("Database main has no table 'invoices'"), table);
        assertTrue(table.contains("make database main like main, or leave it out"), table);
        assertEquals("1,3", query("SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY id)"));
    }

    @Test
    void aColumnThatTheTargetLacksIsWaitedFor() throws Exception {
        route("<to uri=\"table:*\"/>");
        bench.collect(order("orders", 1, "good"), row("orders", 2, "{\"id\":2,\"colour\":\"red\"}"));
        await().until(() -> bench.subscriptions.find("mirror").orElseThrow().parked() == 2);
        String error =
                String.valueOf(bench.subscriptions.find("mirror").orElseThrow().lastError());
        assertTrue(error.contains("Table orders has no column 'colour'"), error);
        assertTrue(error.contains("exclude-columns"), error);
        run("ALTER TABLE orders ADD COLUMN colour TEXT");
        await().until(() -> query("SELECT group_concat(colour) FROM orders").equals("red"));
        assertEquals(List.of(), letters());
    }

    @Test
    void aDatabaseThatLacksOurTablesKeepsTheChangesWaiting() throws Exception {
        run("DROP TABLE bactrian_applied");
        route("<to uri=\"table:*\"/>");
        bench.collect(order("orders", 1, "good"), order("orders", 2, "good"));
        await().until(() -> bench.subscriptions.find("mirror").orElseThrow().parked() == 2);
        assertEquals(List.of(), letters());
        String error = bench.subscriptions.find("mirror").orElseThrow().lastError();
        assertTrue(String.valueOf(error).contains("capture install"), error);
    }

    @Test
    void aBatchWhoseRouteGoesOnAfterItIsNotDivided() throws Exception {
        route("<to uri=\"table:*\"/><to uri=\"log:after?level=DEBUG\"/>");
        bench.collect(order("orders", 1, "good"), order("orders", 2, "bad"));
        await().until(() -> bench.subscriptions.find("mirror").orElseThrow().parked() == 2);
        assertEquals(List.of(), letters());
    }

    @Test
    void aBatchThatEndsInABranchIsDivided() throws Exception {
        route("<choice><when><simple>true</simple><to uri=\"table:*\"/></when></choice>");
        bench.collect(order("orders", 1, "good"), order("orders", 2, "bad"));
        await().until(() -> letters().size() == 1);
        assertEquals("1", query("SELECT group_concat(id) FROM orders"));
    }

    private void route(String steps) throws Exception {
        bench.load("mirror.xml", """
                <route id="mirror">
                  <from uri="changes:*?from=earliest&amp;batch=100&amp;retryQuick=1&amp;retryDelay=200ms&amp;retryBackoff=1&amp;retryMax=2"/>
                """ + steps + "</route>");
    }

    private Entry order(String table, long id, String status) {
        return row(table, id, "{\"id\":" + id + ",\"status\":\"" + status + "\"}");
    }

    private Entry row(String table, long id, String json) {
        Entry numbered = bench.order(id);
        return new Entry(
                numbered.seq(),
                table,
                Operation.INSERT,
                "{\"id\":" + id + "}",
                null,
                null,
                json,
                "t1",
                List.of(),
                Instant.EPOCH);
    }

    private List<DeadLetter> letters() {
        return bench.subscriptions.deadLetters().list("mirror", Long.MAX_VALUE, 100);
    }

    private String query(String sql) {
        return database.read(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                row.next();
                return String.valueOf(row.getString(1));
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
