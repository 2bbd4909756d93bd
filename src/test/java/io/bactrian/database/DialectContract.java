package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every product's triggers must do: the pitfalls of {@code docs/pitfalls.md}, by number, as far as they concern what the user's
 * transaction does (the collector has its own contract). A product says which don't apply to it, and why.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DialectContract {
    CapturedDatabase db;

    abstract DatabaseSettings newDatabase();

    /** Pitfalls that this product doesn't have, and why. */
    abstract Map<Integer, String> notApplicable();

    @BeforeAll
    void open() {
        db = new CapturedDatabase(newDatabase());
    }

    @AfterAll
    void close() {
        new TreeMap<>(notApplicable())
                .forEach((pitfall, reason) -> System.out.println(
                        db.database.dialect().product() + ": pitfall " + pitfall + " doesn't apply: " + reason));
        db.close();
    }

    @Test
    void insertUpdateAndDeleteAreRecordedWithTheRowsBeforeAndAfter() {
        db.capture("plain", "CREATE TABLE plain(id integer PRIMARY KEY, name text, amount numeric(12,2))");
        db.execute("INSERT INTO plain VALUES (1, 'one', 1.25)");
        db.execute("UPDATE plain SET name = NULL WHERE id = 1");
        db.execute("DELETE FROM plain WHERE id = 1");
        assertEquals(
                List.of(
                        "i {id=1} null -> {id=1, name=one, amount=1.25}",
                        "u {id=1} {id=1, name=one, amount=1.25} -> {id=1, name=null, amount=1.25}",
                        "d {id=1} {id=1, name=null, amount=1.25} -> null"),
                db.changes("plain"));
    }

    @Test
    void theKeyIsWrittenWithoutBlanks() {
        db.capture("compact", "CREATE TABLE compact(a integer, b text, PRIMARY KEY (a, b))");
        db.execute("INSERT INTO compact VALUES (1, 'x y')");
        assertEquals(
                List.of("{\"a\":1,\"b\":\"x y\"}"),
                db.texts("SELECT \"key\" FROM " + db.ours("change") + " WHERE \"table\" = 'compact'"));
    }

    @Test
    @DisplayName("pitfall 18: an update that alters the key is recorded as such")
    void anUpdateThatAltersTheKeyIsRecordedAsSuch() {
        db.capture("keyed", "CREATE TABLE keyed(a integer, b varchar(9), v text, PRIMARY KEY (a, b))");
        db.execute("INSERT INTO keyed VALUES (1, 'x', 'v')");
        db.execute("UPDATE keyed SET b = 'y'");
        db.execute("UPDATE keyed SET a = a, b = b, v = 'w'");
        assertEquals(List.of("i {a=1, b=x}", "k {a=1, b=y}", "u {a=1, b=y}"), db.operations("keyed"));
    }

    @Test
    @DisplayName("pitfall 26: a table without a key is captured, with a warning")
    void aTableWithoutAKeyIsCapturedWithAWarning() {
        List<String> warnings = db.capture("keyless", "CREATE TABLE keyless(v text)");
        assertTrue(warnings.stream().anyMatch(w -> w.contains("keyless has no primary key")), warnings.toString());
        db.execute("INSERT INTO keyless VALUES ('a')");
        db.execute("UPDATE keyless SET v = 'b'");
        assertEquals(List.of("i {} null -> {v=a}", "u {} {v=a} -> {v=b}"), db.changes("keyless"));
    }

    @Test
    @DisplayName("pitfall 27: quoted, mixed-case and Unicode identifiers and composite keys are captured")
    void strangeIdentifiersAreCaptured() {
        String table = "Größe \"x\" 'y' \\ 表 $bactrian$ %s";
        String quoted = db.quoted(table);
        db.capture(
                table,
                "CREATE TABLE " + quoted + "(\"Ä \"\"b\"\" \\'$bactrian$\" integer, \"sel%sect\" text, \"NEW\" text,"
                        + " PRIMARY KEY (\"sel%sect\", \"Ä \"\"b\"\" \\'$bactrian$\"))");
        db.execute("INSERT INTO " + quoted + " VALUES (1, 'k', 'v')");
        db.execute("UPDATE " + quoted + " SET \"NEW\" = 'w'");
        db.execute("DELETE FROM " + quoted);
        assertEquals(
                List.of(
                        "i {sel%sect=k, Ä \"b\" \\'$bactrian$=1} null -> {Ä \"b\" \\'$bactrian$=1, sel%sect=k, NEW=v}",
                        "u {sel%sect=k, Ä \"b\" \\'$bactrian$=1} {Ä \"b\" \\'$bactrian$=1, sel%sect=k, NEW=v}"
                                + " -> {Ä \"b\" \\'$bactrian$=1, sel%sect=k, NEW=w}",
                        "d {sel%sect=k, Ä \"b\" \\'$bactrian$=1} {Ä \"b\" \\'$bactrian$=1, sel%sect=k, NEW=w} -> null"),
                db.changes(table));
    }

    @Test
    @DisplayName("pitfall 27; invariant 11: a table's long name and many columns are captured")
    void wideTablesAreCaptured() {
        String table = "wide_" + "x".repeat(58);
        StringBuilder ddl = new StringBuilder("CREATE TABLE " + table + "(id integer PRIMARY KEY");
        for (int i = 0; i < 600; i++) {
            ddl.append(", c").append(i).append(" integer");
        }
        db.capture(table, ddl + ")");
        db.execute("INSERT INTO " + table + "(id, c599) VALUES (1, 5)");
        db.execute("UPDATE " + table + " SET c0 = 1");
        List<String> changes = db.changes(table);
        assertTrue(changes.get(0).endsWith("c599=5}"), changes.get(0));
        assertTrue(changes.get(1).contains("-> {id=1, c0=1,"), changes.get(1));
    }

    @Test
    @DisplayName("pitfall 28: multi-row writes and ON CONFLICT are recorded row by row")
    void multiRowWritesAreRecordedRowByRow() {
        db.capture("multi", "CREATE TABLE multi(id integer PRIMARY KEY, v text)");
        db.execute("INSERT INTO multi VALUES (1, 'a'), (2, 'b')");
        db.execute("INSERT INTO multi VALUES (2, 'c'), (3, 'd') ON CONFLICT (id) DO UPDATE SET v = excluded.v");
        db.execute("INSERT INTO multi VALUES (3, 'e') ON CONFLICT DO NOTHING");
        db.execute("DELETE FROM multi WHERE id < 3");
        assertEquals(
                List.of("i {id=1}", "i {id=2}", "u {id=2}", "i {id=3}", "d {id=1}", "d {id=2}"),
                db.operations("multi").stream().toList());
    }

    @Test
    @DisplayName("pitfall 29: an update that changes nothing is recorded")
    void anUpdateThatChangesNothingIsRecorded() {
        db.capture("same", "CREATE TABLE same(id integer PRIMARY KEY, v text)");
        db.execute("INSERT INTO same VALUES (1, 'a')");
        db.execute("UPDATE same SET v = v");
        assertEquals(List.of("i {id=1}", "u {id=1}"), db.operations("same"));
    }

    @Test
    @DisplayName("pitfall 30: cascades are recorded, the parent first")
    void cascadesAreRecordedTheParentFirst() {
        db.capture("parent", "CREATE TABLE parent(id integer PRIMARY KEY)");
        db.capture(
                "child",
                "CREATE TABLE child(id integer PRIMARY KEY, parent integer REFERENCES parent ON DELETE CASCADE)");
        db.execute("INSERT INTO parent VALUES (1)");
        db.execute("INSERT INTO child VALUES (7, 1)");
        db.forget();
        db.execute("DELETE FROM parent");
        assertEquals(cascadeOrder(), db.operations());
    }

    /** What deleting parent 1 with its child 7 records. */
    List<String> cascadeOrder() {
        return List.of("parent d {id=1}", "child d {id=7}");
    }

    @Test
    @DisplayName("pitfall 31: a savepoint's rollback takes its changes along")
    void aSavepointsRollbackTakesItsChangesAlong() {
        db.capture("saved", "CREATE TABLE saved(id integer PRIMARY KEY)");
        db.database.transaction(List.of("crm"), c -> {
            DatabaseContract.update(c, "INSERT INTO saved VALUES (1)");
            var savepoint = c.setSavepoint();
            DatabaseContract.update(c, "INSERT INTO saved VALUES (2)");
            c.rollback(savepoint);
            return DatabaseContract.update(c, "INSERT INTO saved VALUES (3)");
        });
        assertThrows(
                IllegalStateException.class,
                () -> db.database.transaction(List.of(), c -> {
                    DatabaseContract.update(c, "INSERT INTO saved VALUES (4)");
                    throw new IllegalStateException("rolled back");
                }));
        assertEquals(List.of("i {id=1} by crm", "i {id=3} by crm"), db.operationsWithOrigin("saved"));
    }

    @Test
    @DisplayName("pitfall 32: an origin never leaks into the next transaction of a pooled connection")
    void anOriginNeverLeaksIntoTheNextTransaction() throws SQLException {
        db.capture("leaky", "CREATE TABLE leaky(id integer PRIMARY KEY)");
        for (int i = 0; i < 40; i += 4) {
            int id = i;
            db.database.transaction(
                    List.of("crm", "erp"), c -> DatabaseContract.update(c, "INSERT INTO leaky VALUES (" + id + ")"));
            db.database.transaction(
                    List.of(), c -> DatabaseContract.update(c, "INSERT INTO leaky VALUES (" + (id + 1) + ")"));
            assertThrows(
                    IllegalStateException.class,
                    () -> db.database.transaction(List.of("shop"), c -> {
                        DatabaseContract.update(c, "INSERT INTO leaky VALUES (" + (id + 2) + ")");
                        throw new IllegalStateException("rolled back");
                    }));
            try (var connection = db.database.dataSource().getConnection()) {
                DatabaseContract.update(connection, "INSERT INTO leaky VALUES (" + (id + 3) + ")");
            }
        }
        List<String> expected = new java.util.ArrayList<>();
        for (int i = 0; i < 40; i += 4) {
            expected.add("i {id=" + i + "} by crm,erp");
            expected.add("i {id=" + (i + 1) + "} by null");
            expected.add("i {id=" + (i + 3) + "} by null");
        }
        assertEquals(expected, db.operationsWithOrigin("leaky"));
    }

    /** The user's trigger {@code name} on {@code table}, after insert: runs {@code statement} for the new row. */
    abstract List<String> userTrigger(String name, String table, String statement);

    @Test
    @DisplayName("pitfall 34: a user's AFTER trigger that updates the same row: the insert comes before the update")
    void theInsertComesBeforeWhatAUsersTriggerMakesOfIt() {
        db.execute("CREATE TABLE touched(id integer PRIMARY KEY, v text)");
        userTrigger("AAA", "touched", "UPDATE touched SET v = 'theirs' WHERE id = NEW.id")
                .forEach(db::execute);
        db.capture("touched");
        db.execute("INSERT INTO touched VALUES (1, 'mine')");
        assertEquals(
                List.of("i {id=1} null -> {id=1, v=mine}", "u {id=1} {id=1, v=mine} -> {id=1, v=theirs}"),
                db.changes("touched"));
    }

    @Test
    @DisplayName("invariant 10: what a user's trigger writes in consequence is news to everyone")
    void whatAUsersTriggerWritesElsewhereCarriesNoOrigin() {
        db.capture("sold", "CREATE TABLE sold(id integer PRIMARY KEY)");
        db.capture("stock", "CREATE TABLE stock(id integer PRIMARY KEY)");
        userTrigger("theirs", "sold", "INSERT INTO stock VALUES (NEW.id)").forEach(db::execute);
        db.forget();
        db.database.transaction(List.of("crm"), "sold", c -> DatabaseContract.update(c, "INSERT INTO sold VALUES (1)"));
        assertEquals(List.of("i {id=1} by crm"), db.operationsWithOrigin("sold"));
        assertEquals(List.of("i {id=1} by null"), db.operationsWithOrigin("stock"));
    }

    @Test
    void generatedColumnsAreCaptured() {
        db.capture(
                "computed",
                "CREATE TABLE computed(id integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (id * 2) STORED)");
        db.execute("INSERT INTO computed(id) VALUES (4)");
        assertEquals(List.of("i {id=4} null -> {id=4, twice=8}"), db.changes("computed"));
    }

    @Test
    void anExcludedColumnIsNeverCopied() {
        db.execute("CREATE TABLE person(id integer PRIMARY KEY, name text, ssn text)");
        db.captureWithout("person", "person.ssn");
        db.execute("INSERT INTO person VALUES (1, 'Ann', '123-45')");
        db.execute("UPDATE person SET ssn = '678-90'");
        db.execute("DELETE FROM person");
        for (String change : db.changes("person")) {
            assertFalse(change.contains("123-45") || change.contains("678-90") || change.contains("ssn"), change);
        }
    }

    @Test
    @DisplayName("Health: a view in the user's database tells the backlog and its age")
    void theHealthViewTellsTheBacklogAndItsAge() {
        db.capture("ailing", "CREATE TABLE ailing(id integer PRIMARY KEY)");
        db.forget();
        assertEquals(0.0, db.number("SELECT backlog + oldest_age_seconds FROM " + db.ours("health")));
        db.execute("INSERT INTO ailing VALUES (1), (2)");
        assertEquals(2.0, db.number("SELECT backlog FROM " + db.ours("health")));
        double age = db.number("SELECT oldest_age_seconds FROM " + db.ours("health"));
        assertTrue(age >= 0 && age < 60, "age " + age);
        db.forget();
    }
}
