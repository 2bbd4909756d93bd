package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.PostgresServer;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class PostgresqlDialectIT extends DialectContract {
    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 10);
    }

    @Override
    Map<Integer, String> notApplicable() {
        return Map.of();
    }

    @Override
    List<String> userTrigger(String name, String table, String statement) {
        return List.of(
                "CREATE FUNCTION " + name + "_function() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement
                        + "; RETURN NULL; END $$",
                "CREATE TRIGGER \"" + name + "\" AFTER INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + name
                        + "_function()");
    }

    @Test
    @DisplayName("pitfall 12; invariant 11: another user, without grants on ours, writes the table")
    void anotherUserWithoutGrantsWritesTheTable() throws SQLException {
        db.capture("shared", "CREATE TABLE shared(id integer PRIMARY KEY, v text)");
        db.execute("CREATE ROLE clerk LOGIN; GRANT INSERT, UPDATE, DELETE, SELECT ON shared TO clerk");
        String url = db.database.settings().url();
        try (Connection clerk = DriverManager.getConnection(url, "clerk", "")) {
            DatabaseContract.update(clerk, "INSERT INTO shared VALUES (1, 'a')");
            DatabaseContract.update(clerk, "UPDATE shared SET v = 'b'");
            DatabaseContract.update(clerk, "DELETE FROM shared");
            assertThrows(SQLException.class, () -> DatabaseContract.update(clerk, "DELETE FROM bactrian.change"));
            assertThrows(
                    SQLException.class, () -> DatabaseContract.count("SELECT count(*) FROM bactrian.change", clerk));
        }
        assertEquals(List.of("i {id=1}", "u {id=1}", "d {id=1}"), db.operations("shared"));
    }

    @Test
    @DisplayName("pitfall 12: what a caller's search path or temporary tables put in the way isn't used")
    void aCallersSearchPathIsNotUsed() throws SQLException {
        db.capture("aimed", "CREATE TABLE aimed(id integer PRIMARY KEY)");
        try (Connection connection = db.database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            DatabaseContract.update(
                    connection,
                    "CREATE SCHEMA trap; CREATE FUNCTION trap.pg_trigger_depth() RETURNS integer LANGUAGE sql"
                            + " AS 'SELECT 1 / 0'; SET LOCAL search_path = trap, pg_catalog");
            DatabaseContract.update(connection, "INSERT INTO public.aimed VALUES (1)");
            connection.commit();
        }
        assertEquals(List.of("i {id=1} null -> {id=1}"), db.changes("aimed"));
    }

    @Test
    @DisplayName("pitfall 13; invariant 11: PREPARE TRANSACTION works, even while the collector sleeps")
    void preparedTransactionsWork() throws SQLException {
        db.capture("prepared", "CREATE TABLE prepared(id integer PRIMARY KEY)");
        try (Connection collector = db.database.dataSource().getConnection();
                Connection writer = db.database.dataSource().getConnection()) {
            sleepAsTheCollector(collector);
            writer.setAutoCommit(false);
            DatabaseContract.update(writer, "INSERT INTO prepared VALUES (1)");
            DatabaseContract.update(writer, "PREPARE TRANSACTION 'p'");
            writer.commit();
            assertEquals(List.of(), db.operations("prepared"));
            writer.setAutoCommit(true);
            DatabaseContract.update(writer, "COMMIT PREPARED 'p'");
            wakeAsTheCollector(collector);
        }
        assertEquals(List.of("i {id=1}"), db.operations("prepared"));
    }

    @Test
    @DisplayName("invariant 12: a write notifies only if the collector sleeps")
    void aWriteNotifiesOnlyIfTheCollectorSleeps() throws SQLException {
        db.capture("waking", "CREATE TABLE waking(id integer PRIMARY KEY)");
        try (Connection collector = db.database.dataSource().getConnection();
                Connection writer = db.database.dataSource().getConnection()) {
            // This server takes prepared transactions, so one has to say that nobody uses them.
            DatabaseContract.update(writer, "SET bactrian.notify = 'on'");
            DatabaseContract.update(collector, "LISTEN bactrian");
            DatabaseContract.update(writer, "INSERT INTO waking VALUES (1)");
            assertEquals(0, notifications(collector, 200));
            sleepAsTheCollector(collector);
            DatabaseContract.update(writer, "INSERT INTO waking VALUES (2), (3)");
            assertEquals(1, notifications(collector, 10_000));
            wakeAsTheCollector(collector);
            DatabaseContract.update(collector, "UNLISTEN *");
            DatabaseContract.update(writer, "RESET bactrian.notify");
        }
    }

    @Test
    @DisplayName("pitfall 28: COPY, MERGE and INSERT … SELECT are recorded row by row")
    void copyAndMergeAreRecordedRowByRow() throws Exception {
        db.capture("copied", "CREATE TABLE copied(id integer PRIMARY KEY, v text)");
        try (Connection connection = db.database.dataSource().getConnection()) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY copied FROM STDIN", new StringReader("1\ta\n2\tb\n"));
        }
        db.execute("MERGE INTO copied t USING (VALUES (1, 'x'), (2, 'y'), (3, 'z')) s(id, v) ON t.id = s.id"
                + " WHEN MATCHED AND s.id = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET v = s.v"
                + " WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v)");
        List<String> operations = db.operations("copied");
        assertEquals(List.of("i {id=1}", "i {id=2}"), operations.subList(0, 2));
        // The order among different keys is the planner's.
        assertEquals(Set.of("d {id=1}", "u {id=2}", "i {id=3}"), Set.copyOf(operations.subList(2, 5)));
    }

    @Test
    void truncateIsRecorded() {
        db.capture("emptied", "CREATE TABLE emptied(id integer PRIMARY KEY)");
        db.execute("INSERT INTO emptied VALUES (1)");
        db.database.transaction(List.of("crm"), c -> DatabaseContract.update(c, "TRUNCATE emptied"));
        assertEquals(List.of("i {id=1} by null", "t {} by crm"), db.operationsWithOrigin("emptied"));
    }

    @Test
    @DisplayName("pitfall 17: rows of partitions are recorded under their root's name")
    void rowsOfPartitionsAreRecordedUnderTheirRootsName() {
        List<String> warnings = db.capture(
                "log",
                "CREATE TABLE log(id int, day date, PRIMARY KEY(id, day)) PARTITION BY RANGE (day);"
                        + "CREATE TABLE log_a PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
                        + "CREATE TABLE log_b PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
        assertTrue(warnings.stream().anyMatch(w -> w.contains("log is partitioned")), warnings.toString());
        db.execute("INSERT INTO log_a VALUES (1, '2025-05-05'); UPDATE log SET day = '2026-05-05'");
        assertEquals(
                List.of("i {id=1, day=2025-05-05}", "d {id=1, day=2025-05-05}", "i {id=1, day=2026-05-05}"),
                db.operations("log"));
        db.capture("log");
    }

    @Test
    @DisplayName("pitfall 34: a user's trigger whose name comes before ours is warned of")
    void aTriggerThatFiresBeforeOursIsWarnedOf() {
        db.execute("CREATE TABLE hasty(id integer PRIMARY KEY)");
        userTrigger(" first", "hasty", "NULL")
                .forEach(sql -> db.execute(sql.replace(" first_function", "first_function")));
        List<String> warnings = db.capture("hasty");
        assertTrue(warnings.stream().anyMatch(w -> w.contains("\" first\" fires before ours")), warnings.toString());
    }

    @Test
    @DisplayName("pitfall 35: a deferrable key is warned of")
    void aDeferrableKeyIsWarnedOf() {
        List<String> warnings =
                db.capture("deferred", "CREATE TABLE deferred(id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
        assertTrue(warnings.stream().anyMatch(w -> w.contains("deferred_pkey is deferrable")), warnings.toString());
    }

    @Test
    @DisplayName("pitfall 36: a writer idle in its transaction delays no other writer")
    void aWriterIdleInItsTransactionDelaysNoOther() throws SQLException {
        db.capture("idle", "CREATE TABLE idle(id integer PRIMARY KEY)");
        try (Connection idle = db.database.dataSource().getConnection()) {
            idle.setAutoCommit(false);
            DatabaseContract.update(idle, "INSERT INTO idle VALUES (1)");
            db.execute("SET LOCAL lock_timeout = '1s'; INSERT INTO idle VALUES (2)");
            assertEquals(List.of("i {id=2}"), db.operations("idle"));
            idle.rollback();
        }
    }

    private static void sleepAsTheCollector(Connection connection) throws SQLException {
        assertEquals(
                1,
                DatabaseContract.count(
                        "SELECT pg_try_advisory_lock(" + TriggerDialect.WAKE_LOCK_CLASS + ", "
                                + TriggerDialect.WAKE_LOCK_OBJECT + ")::int",
                        connection));
    }

    private static void wakeAsTheCollector(Connection connection) throws SQLException {
        DatabaseContract.count("SELECT count(pg_advisory_unlock_all())", connection);
    }

    private static int notifications(Connection connection, int millis) throws SQLException {
        PGNotification[] notifications = connection.unwrap(PGConnection.class).getNotifications(millis);
        return notifications == null ? 0 : notifications.length;
    }
}
