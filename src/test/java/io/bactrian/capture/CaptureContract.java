package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.CaptureDrift.Kind;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseSettings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What installing, verifying and uninstalling capture must do on every product. */
abstract class CaptureContract {
    Database database;

    abstract DatabaseSettings newDatabase();

    /** Lists all objects of the database that aren't the product's own. */
    abstract String objects();

    @BeforeEach
    void open() {
        database = Database.open(newDatabase());
        execute("CREATE TABLE orders(id integer PRIMARY KEY, status text)");
        execute("CREATE TABLE customers(id integer PRIMARY KEY, ssn text)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void thePlanIsWhatInstallRunsAndRunsNothingItself() {
        List<String> before = texts(objects());
        Capture capture = capture(Install.VERIFY, "orders");
        CapturePlan plan = capture.plan(List.of());
        assertEquals(before, texts(objects()));
        assertTrue(plan.script().contains("CREATE TRIGGER"), plan.script());
        assertTrue(plan.script().contains("-- Needs: "), plan.script());
        assertEquals(plan, capture.install(List.of()));
        assertEquals(List.of(), capture.verify());
        assertEquals(List.of(), capture.plan(List.of()).statements());
    }

    @Test
    void thePlansScriptCanBeRunByAnySqlClient() throws SQLException {
        Capture capture = capture(Install.VERIFY, "orders", "customers");
        runScript(capture.plan(List.of()).statements());
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void verifyRefusesToBeginAndNamesTheRemedy() {
        Capture capture = capture(Install.VERIFY, "orders");
        String message = assertThrows(CaptureException.class, capture::ready).getMessage();
        assertTrue(message.contains("./bactrian capture install"), message);
        capture.install(List.of());
        assertEquals(List.of(), capture.ready());
    }

    @Test
    void autoInstallsAndMendsWhatDrifted() {
        Capture capture = capture(Install.AUTO, "orders");
        assertEquals(List.of(), capture.ready());
        breakCapture("orders");
        assertEquals(List.of(), capture.ready());
        assertEquals(1L, recordedBy("INSERT INTO orders VALUES (1, 'new')"));
    }

    @Test
    void neverChangesNothingAndForbidsNothing() {
        List<String> before = texts(objects());
        assertFalse(capture(Install.NEVER, "orders").ready().isEmpty());
        assertEquals(before, texts(objects()));
    }

    @Test
    void whatIsNotConfiguredIsNotTouched() {
        assertEquals(List.of(), new Capture(database, CaptureSettings.NONE).ready());
        assertEquals(List.of(), new Capture(database, CaptureSettings.NONE).verify());
    }

    /** Takes one of our triggers away, or makes it do nothing. */
    abstract void breakCapture(String table);

    @Test
    @DisplayName("pitfall 11: drift is noticed, and told with its remedy")
    void driftIsNoticed() {
        Capture capture = capture(Install.VERIFY, "orders", "customers");
        capture.install(List.of());
        breakCapture("orders");
        List<CaptureDrift> drift = capture.verify();
        assertEquals(
                List.of(Kind.CHANGED), drift.stream().map(CaptureDrift::kind).toList(), drift.toString());
        assertEquals("orders", drift.get(0).table());
        assertTrue(drift.get(0).remedy().contains("./bactrian capture install"));
        assertThrows(CaptureException.class, capture::ready);
        CaptureStatus status = capture.status();
        assertFalse(status.sound());
        assertEquals(List.of("customers"), status.tables());
        capture.install(List.of());
        assertTrue(capture.status().sound());
    }

    @Test
    @DisplayName("pitfall 11: drift while the platform runs is told as long as it lasts, or mended")
    void driftWhileRunningIsToldOrMended() {
        Capture capture = capture(Install.VERIFY, "orders");
        DriftWatch watch = new DriftWatch(capture);
        watch.run();
        assertTrue(watch.problem().orElseThrow().contains("./bactrian capture install"));
        capture.install(List.of());
        watch.run();
        assertTrue(watch.problem().isEmpty());
        breakCapture("orders");
        watch.run();
        assertTrue(watch.problem().isPresent());
        new DriftWatch(capture(Install.AUTO, "orders")).run();
        watch.run();
        assertTrue(watch.problem().isEmpty());
    }

    @Test
    @DisplayName("pitfall 11: a column that was added is captured, at once or once installed again")
    void anAddedColumnIsCaptured() {
        Capture capture = capture(Install.AUTO, "orders");
        capture.ready();
        execute("ALTER TABLE orders ADD COLUMN note text");
        capture.ready();
        execute("INSERT INTO orders VALUES (1, 'new', 'a note')");
        String row = texts("SELECT new FROM " + ours("change")).get(0);
        assertTrue(row.contains("a note"), row);
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void aTableThatDoesNotExistIsRefusedByName() {
        Capture capture = capture(Install.AUTO, "orders", "invoices");
        String message = assertThrows(CaptureException.class, capture::ready).getMessage();
        assertTrue(message.contains("table invoices doesn't exist"), message);
        assertEquals(
                1,
                capture.install(List.of("orders")).statements().stream()
                        .filter(sql -> sql.contains("AFTER INSERT"))
                        .count());
    }

    @Test
    void excludedColumnsMustExistAndNotBelongToTheKey() {
        for (String column : List.of("customers.nothing", "customers.id")) {
            Capture capture =
                    new Capture(database, new CaptureSettings(List.of("customers"), List.of(column), Install.AUTO));
            String message =
                    assertThrows(CaptureException.class, capture::ready).getMessage();
            assertTrue(message.contains(column), message);
        }
    }

    @Test
    void excludingAColumnAfterwardsIsDrift() {
        capture(Install.AUTO, "customers").ready();
        Capture without = new Capture(
                database, new CaptureSettings(List.of("customers"), List.of("customers.ssn"), Install.AUTO));
        assertEquals(1, without.verify().size());
        without.ready();
        execute("INSERT INTO customers VALUES (1, '123-45')");
        assertFalse(texts("SELECT new FROM " + ours("change")).get(0).contains("123"));
    }

    @Test
    void aTableThatIsNoLongerConfiguredIsToldAndReleasedByInstall() {
        capture(Install.AUTO, "orders", "customers").ready();
        Capture less = capture(Install.VERIFY, "orders");
        assertEquals(
                List.of(Kind.SURPLUS),
                less.ready().stream().map(CaptureDrift::kind).toList());
        less.install(List.of());
        assertEquals(0L, recordedBy("INSERT INTO customers VALUES (1, 'x')"));
        assertEquals(1L, recordedBy("INSERT INTO orders VALUES (1, 'x')"));
    }

    @Test
    void aStarCapturesAllTables() {
        Capture capture = capture(Install.AUTO, "*");
        capture.ready();
        assertEquals(
                List.of("customers", "orders"),
                capture.status().tables().stream().sorted().toList());
        execute("CREATE TABLE later(id integer PRIMARY KEY)");
        capture.ready();
        assertEquals(1L, recordedBy("INSERT INTO later VALUES (1)"));
    }

    @Test
    @DisplayName("pitfall 40: uninstall leaves nothing, and installing again begins anew")
    void uninstallLeavesNothing() {
        List<String> before = texts(objects());
        Capture capture = capture(Install.AUTO, "orders", "customers");
        capture.ready();
        capture.takeover("store-1");
        execute("INSERT INTO orders VALUES (1, 'x')");
        capture.uninstall(List.of());
        assertEquals(before, texts(objects()));
        execute("INSERT INTO orders VALUES (2, 'x')");
        assertEquals(List.of(), capture.uninstall(List.of()).statements());
        capture.ready();
        assertEquals("", capture.status().owner());
        assertEquals(1L, recordedBy("INSERT INTO orders VALUES (3, 'x')"));
        // A number below those of before tells that it is another beginning; the token, empty again, says so too.
        assertEquals(List.of("1"), texts("SELECT seq FROM " + ours("change")));
        assertEquals(List.of(""), texts("SELECT value FROM " + ours("meta") + " WHERE name = 'token'"));
    }

    @Test
    void aTableThatWasDroppedMeanwhileStandsInNobodysWay() {
        List<String> before =
                texts(objects()).stream().filter(o -> !o.contains("customers")).toList();
        Capture capture = capture(Install.AUTO, "orders", "customers");
        capture.ready();
        execute("DROP TABLE customers");
        assertTrue(capture(Install.AUTO, "orders").verify().isEmpty());
        execute("CREATE TABLE customers(id integer PRIMARY KEY)");
        capture.ready();
        assertEquals(1L, recordedBy("INSERT INTO customers VALUES (1)"));
        execute("DROP TABLE customers");
        capture.uninstall(List.of());
        assertEquals(before, texts(objects()));
    }

    @Test
    void tablesThatSwappedTheirNamesAreCapturedUnderTheirNewOnes() {
        Capture capture = capture(Install.AUTO, "orders", "customers");
        capture.ready();
        execute("ALTER TABLE orders RENAME TO swap");
        execute("ALTER TABLE customers RENAME TO orders");
        execute("ALTER TABLE swap RENAME TO customers");
        capture.ready();
        execute("INSERT INTO orders(id, ssn) VALUES (1, 'x')");
        execute("INSERT INTO customers(id, status) VALUES (2, 'x')");
        assertEquals(
                List.of("orders", "customers"), texts("SELECT \"table\" FROM " + ours("change") + " ORDER BY seq"));
        assertEquals(List.of(), capture.verify());
    }

    @Test
    void aTableThatTookTheNameOfACapturedOneIsCapturedInstead() {
        capture(Install.AUTO, "orders").ready();
        execute("ALTER TABLE orders RENAME TO orders_before");
        execute("CREATE TABLE orders(id integer PRIMARY KEY)");
        Capture capture = capture(Install.AUTO, "orders");
        capture.install(List.of());
        assertEquals(List.of(), capture.verify());
        assertEquals(1L, recordedBy("INSERT INTO orders VALUES (1)"));
        assertEquals(0L, recordedBy("INSERT INTO orders_before VALUES (1, 'x')"));
    }

    @Test
    void oneTableCanBeUninstalled() {
        Capture capture = capture(Install.AUTO, "orders", "customers");
        capture.ready();
        capture.uninstall(List.of("customers"));
        assertEquals(0L, recordedBy("INSERT INTO customers VALUES (1, 'x')"));
        assertEquals(1L, recordedBy("INSERT INTO orders VALUES (1, 'x')"));
        assertThrows(CaptureException.class, () -> capture.uninstall(List.of("customers")));
    }

    @Test
    @DisplayName("invariant 15: takeover names the one store that may collect")
    void takeoverNamesTheOwner() {
        Capture capture = capture(Install.AUTO, "orders");
        String message = assertThrows(CaptureException.class, () -> capture.takeover("store-1"))
                .getMessage();
        assertTrue(message.contains("./bactrian capture install"), message);
        capture.ready();
        assertEquals("", capture.takeover("store-1"));
        assertEquals("store-1", capture.takeover("store-2"));
        assertEquals("store-2", capture.status().owner());
        capture.install(List.of());
        assertEquals("store-2", capture.status().owner());
    }

    @Test
    void theStatusTellsTheBacklog() {
        Capture capture = capture(Install.AUTO, "orders");
        capture.ready();
        execute("INSERT INTO orders VALUES (1, 'x'), (2, 'y')");
        CaptureStatus status = capture.status();
        assertEquals(2, status.backlog());
        assertTrue(status.oldestAgeSeconds() >= 0);
        assertEquals(null, status.error());
    }

    @Test
    void aFailedInstallLeavesNothing() {
        List<String> before = texts(objects());
        execute("CREATE TABLE blocked(id integer PRIMARY KEY)");
        Capture capture = capture(Install.AUTO, "orders", "blocked");
        List<String> statements = new ArrayList<>(capture.plan(List.of()).statements());
        statements.add("INSERT INTO nowhere VALUES (1)");
        assertThrows(DatabaseException.class, () -> runScript(statements));
        execute("DROP TABLE blocked");
        assertEquals(before, texts(objects()));
    }

    @Test
    void oursOfANewerVersionAreLeftAlone() {
        Capture capture = capture(Install.AUTO, "orders");
        capture.ready();
        execute("UPDATE " + ours("meta") + " SET value = '99' WHERE name = 'version'");
        String message = assertThrows(CaptureException.class, capture::ready).getMessage();
        assertTrue(message.contains("run the newer Bactrian"), message);
    }

    final Capture capture(Install install, String... tables) {
        return new Capture(database, new CaptureSettings(List.of(tables), List.of(), install));
    }

    final void execute(String sql) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.executeUpdate(sql);
            }
        });
    }

    final void runScript(List<String> statements) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
                return 0;
            }
        });
    }

    final List<String> texts(String sql) {
        return database.read(connection -> {
            List<String> texts = new ArrayList<>();
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
            return texts;
        });
    }

    final String ours(String name) {
        return database.dialect().triggers().ours(name);
    }

    private long recordedBy(String sql) {
        long before =
                Long.parseLong(texts("SELECT count(*) FROM " + ours("change")).get(0));
        execute(sql);
        return Long.parseLong(texts("SELECT count(*) FROM " + ours("change")).get(0)) - before;
    }
}
