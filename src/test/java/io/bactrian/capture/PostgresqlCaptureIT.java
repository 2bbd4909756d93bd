package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class PostgresqlCaptureIT extends CaptureContract {
    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 4);
    }

    @Override
    String objects() {
        return """
                SELECT 'relation ' || oid::regclass FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace
                UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE oid >= 16384
                UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
                UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1
                """;
    }

    @Override
    void breakCapture(String table) {
        execute("ALTER TABLE " + table + " DISABLE TRIGGER \"!bactrian_row\"");
    }

    @Test
    void aFunctionThatSomeoneChangedIsDrift() {
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders");
        capture.ready();
        execute("ALTER FUNCTION bactrian.capture_orders() SECURITY INVOKER");
        assertEquals(1, capture.verify().size());
        capture.ready();
        execute("CREATE OR REPLACE FUNCTION bactrian.capture_orders() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                + " SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$");
        assertEquals(1, capture.verify().size());
        capture.ready();
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void aRenamedTableIsToldAndCapturedUnderItsNewName() {
        capture(CaptureSettings.Install.AUTO, "orders").ready();
        execute("ALTER TABLE orders RENAME TO purchases");
        Capture renamed = capture(CaptureSettings.Install.AUTO, "purchases");
        assertEquals(1, renamed.verify().size());
        renamed.ready();
        execute("INSERT INTO purchases VALUES (1, 'x')");
        assertEquals(List.of("purchases"), texts("SELECT \"table\" FROM bactrian.change"));
    }

    @Test
    void tablesOfOtherSchemasAreCaptured() {
        execute("CREATE SCHEMA sales; CREATE TABLE sales.orders(id integer PRIMARY KEY)");
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders", "sales.orders");
        assertEquals(List.of(), capture.ready());
        execute("INSERT INTO sales.orders VALUES (1)");
        assertEquals(List.of("sales.orders"), texts("SELECT \"table\" FROM bactrian.change"));
    }

    @Test
    void installGetsThroughBetweenLongTransactionsAndKeepsNobodyWaitingForLong() throws Exception {
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection reader = database.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            run(reader, "LOCK TABLE orders IN ROW EXCLUSIVE MODE");
            CompletableFuture<CapturePlan> installing =
                    CompletableFuture.supplyAsync(() -> capture.install(List.of()), threads);
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() ->
                            !texts("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty());
            // Waits behind the installer, and gets its turn when the installer gives up for a while.
            execute("INSERT INTO orders VALUES (1, 'x')");
            reader.rollback();
            Assertions.assertFalse(
                    installing.get(60, TimeUnit.SECONDS).statements().isEmpty());
        } finally {
            threads.shutdownNow();
        }
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void uninstallStopsAtWhatAUserBuiltUponOurs() {
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders");
        capture.ready();
        execute("CREATE VIEW recent AS SELECT * FROM bactrian.change");
        String message = Assertions.assertThrows(DatabaseException.class, () -> capture.uninstall(List.of()))
                .getMessage();
        assertTrue(message.contains("recent"), message);
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void theGrantsThatThePlanNamesAreEnough() {
        String name = database.settings().url().replaceAll(".*/", "");
        execute("CREATE ROLE installer_" + name + " LOGIN; GRANT CREATE ON DATABASE " + name + " TO installer_" + name
                + "; GRANT TRIGGER ON orders TO installer_" + name);
        DatabaseSettings settings =
                new DatabaseSettings("main", database.settings().url(), "installer_" + name, "x", 2);
        try (Database restricted = Database.open(settings)) {
            Capture capture = new Capture(
                    restricted, new CaptureSettings(List.of("orders"), List.of(), CaptureSettings.Install.AUTO));
            assertEquals(List.of(), capture.ready());
            execute("INSERT INTO orders VALUES (1, 'x')");
            assertEquals(1, capture.status().backlog());
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
