package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteValuesTest extends CapturedValuesContract {
    @TempDir
    static Path folder;

    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + folder.resolve("test.db"), null, null, 10);
    }

    @Override
    byte[] bytes(Object recorded) {
        return HexFormat.of().parseHex((String) ((Map<?, ?>) recorded).get("$blob"));
    }

    @Override
    String binaryType() {
        return "blob";
    }

    @Test
    @DisplayName("pitfall 7; invariant 11: a column may hold anything, and no value makes the user's write fail")
    void aColumnMayHoldAnything() {
        for (String type : List.of("integer", "text", "real", "numeric", "blob", "boolean", "date", "json", "")) {
            String table = "any_" + type;
            db.capture(table, "CREATE TABLE " + table + "(id integer PRIMARY KEY, v " + type + ")");
            db.execute("INSERT INTO " + table + "(v) VALUES (x'00ff22'), (x''), (CAST(x'ff2241' AS TEXT)), ('{\"a\":'),"
                    + " (12), (1.5), (NULL), ('text'), (9e999), (-9e999), (9223372036854775807)");
            db.execute("UPDATE " + table + " SET v = v");
            db.execute("DELETE FROM " + table);
            assertEquals(33, db.operations(table).size());
            assertTrue(
                    db.changes(table).get(0).contains("v={$blob=00FF22}"),
                    db.changes(table).toString());
        }
    }

    @Test
    @DisplayName("pitfall 7; invariant 11: a blob in the key doesn't make the user's write fail")
    void aBlobInTheKeyIsRecorded() {
        db.capture("blob_key", "CREATE TABLE blob_key(id text PRIMARY KEY) WITHOUT ROWID");
        db.execute("INSERT INTO blob_key VALUES (x'00ff')");
        assertEquals(List.of("i {id={$blob=00FF}}"), db.operations("blob_key"));
    }

    @Test
    @DisplayName("pitfall 27: NUL characters in text come out as they were")
    void nulCharactersComeOutAsTheyWere() {
        db.capture("nul", "CREATE TABLE nul(id text PRIMARY KEY, v text)");
        insert("nul", "k\0k", "a\0b\0");
        assertEquals(List.of("i {id=k\0k} null -> {id=k\0k, v=a\0b\0}"), db.changes("nul"));
    }

    @Test
    void unpairedSurrogatesDoNotMakeTheWriteFail() {
        db.capture("surrogate", "CREATE TABLE surrogate(id text PRIMARY KEY, v text)");
        insert("surrogate", "a", "x\ud83dy");
        assertEquals(1, db.changes("surrogate").size());
    }

    @Test
    void booleansAndJsonAreRecordedAsSuch() {
        db.capture("typed", "CREATE TABLE typed(id integer PRIMARY KEY, b boolean, j json)");
        db.execute("INSERT INTO typed VALUES (1, true, '{\"a\": [1, 2.50, null]}'), (2, 0, 'not json'), (3, 5, NULL)");
        assertEquals(
                List.of(
                        "i {id=1} null -> {id=1, b=true, j={a=[1, 2.50, null]}}",
                        "i {id=2} null -> {id=2, b=false, j=not json}",
                        "i {id=3} null -> {id=3, b=5, j=null}"),
                db.changes("typed"));
    }

    @Test
    void virtualGeneratedColumnsAndTablesWithoutRowIdsAreCaptured() {
        db.capture(
                "virtuals",
                "CREATE TABLE virtuals(id integer PRIMARY KEY, twice integer AS (id * 2) VIRTUAL) WITHOUT ROWID");
        db.execute("INSERT INTO virtuals(id) VALUES (4)");
        assertEquals(List.of("i {id=4} null -> {id=4, twice=8}"), db.changes("virtuals"));
    }

    @Test
    @DisplayName("pitfall 28: REPLACE is recorded as an insert of the new row")
    void replaceIsRecordedAsAnInsertOfTheNewRow() {
        List<String> warnings = db.capture("replaced", "CREATE TABLE replaced(id integer PRIMARY KEY, v text)");
        assertTrue(warnings.stream().anyMatch(w -> w.contains("recursive_triggers")), warnings.toString());
        db.execute("INSERT INTO replaced VALUES (1, 'a')");
        db.execute("REPLACE INTO replaced VALUES (1, 'b')");
        assertEquals(List.of("i {id=1} null -> {id=1, v=a}", "i {id=1} null -> {id=1, v=b}"), db.changes("replaced"));
    }
}
