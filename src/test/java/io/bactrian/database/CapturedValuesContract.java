package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bactrian.change.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Invariant 13, as far as triggers go: what a column held is recorded as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CapturedValuesContract {
    CapturedDatabase db;

    abstract DatabaseSettings newDatabase();

    /** The bytes in what was recorded of a binary column. */
    abstract byte[] bytes(Object recorded);

    abstract String binaryType();

    @BeforeAll
    void open() {
        db = new CapturedDatabase(newDatabase());
    }

    @AfterAll
    void close() {
        db.close();
    }

    @Test
    @DisplayName("pitfall 21: 64-bit integers are exact, as keys too")
    void bigIntegersAreExact() {
        db.capture("big", "CREATE TABLE big(id bigint PRIMARY KEY, v bigint)");
        db.execute("INSERT INTO big VALUES (9223372036854775807, -9223372036854775808), (9007199254740993, 1)");
        assertEquals(
                List.of(
                        "i {id=9223372036854775807} null -> {id=9223372036854775807, v=-9223372036854775808}",
                        "i {id=9007199254740993} null -> {id=9007199254740993, v=1}"),
                db.changes("big"));
    }

    @Test
    @DisplayName("pitfall 21: doubles are exact, and infinities are told")
    void doublesAreExact() {
        db.capture("doubles", "CREATE TABLE doubles(id integer PRIMARY KEY, v double precision)");
        Random random = new Random(7);
        List<Double> values = new ArrayList<>(List.of(
                0.1,
                1.0,
                -2.5,
                1e15,
                1e17,
                123456789012345678.0,
                5e-324,
                Double.MAX_VALUE,
                Double.MIN_NORMAL,
                1 / 3.0));
        while (values.size() < 3000) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                values.add(values.size() % 2 == 0 ? value : random.nextGaussian() * 1000);
            }
        }
        values.add(Double.POSITIVE_INFINITY);
        values.add(Double.NEGATIVE_INFINITY);
        db.database.transaction(List.of(), c -> {
            try (var insert = c.prepareStatement("INSERT INTO doubles VALUES (?, ?)")) {
                for (int i = 0; i < values.size(); i++) {
                    insert.setInt(1, i);
                    insert.setDouble(2, values.get(i));
                    insert.addBatch();
                }
                return insert.executeBatch();
            }
        });
        List<Row> rows = db.after("doubles");
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).equals(rows.get(i).get("v"))) {
                wrong.add(values.get(i) + " became " + rows.get(i).json());
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    @DisplayName("pitfall 24: binary comes out as it was, without line breaks")
    void binaryComesOutAsItWas() {
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        db.capture("binaries", "CREATE TABLE binaries(id integer PRIMARY KEY, v " + binaryType() + ")");
        insert("binaries", 1, bytes);
        insert("binaries", 2, new byte[0]);
        insert("binaries", 3, null);
        List<Row> rows = db.after("binaries");
        assertFalse(rows.get(0).json().contains("\\n"));
        assertArrayEquals(bytes, bytes(value(rows.get(0))));
        assertArrayEquals(new byte[0], bytes(value(rows.get(1))));
        assertEquals(null, rows.get(2).get("v"));
    }

    @Test
    @DisplayName("pitfall 27: control characters, quotes, emoji and line separators come out as they were")
    void textComesOutAsItWas() {
        db.capture("texts", "CREATE TABLE texts(id text PRIMARY KEY, v text)");
        String text = "a\"b\\c/\b\f\n\r\t\u0001\u001f\u007f ä 表 \ud83d\udc2a \u2028\u2029 '$x$' ? {fn} %s </script>";
        insert("texts", text, text);
        insert("texts", "", "");
        insert("texts", "null", null);
        assertEquals(
                List.of(
                        "i {id=" + text + "} null -> {id=" + text + ", v=" + text + "}",
                        "i {id=} null -> {id=, v=}",
                        "i {id=null} null -> {id=null, v=null}"),
                db.changes("texts"));
    }

    @Test
    @DisplayName("pitfall 25; invariant 11: an update that leaves a 2 MB value unchanged records it before and after")
    void bigValuesAreRecorded() {
        db.capture("long", "CREATE TABLE long(id integer PRIMARY KEY, v text, n integer)");
        String text = "0123456789abcdef".repeat(131072);
        db.database.transaction(List.of(), c -> {
            try (var insert = c.prepareStatement("INSERT INTO long VALUES (1, ?, 1)")) {
                insert.setString(1, text);
                return insert.executeUpdate();
            }
        });
        db.execute("UPDATE long SET n = 2");
        List<Row> rows = db.after("long");
        assertEquals(text, rows.get(0).get("v"));
        assertEquals(text, rows.get(1).get("v"));
        db.forget();
    }

    final void insert(String table, Object id, @Nullable Object value) {
        db.database.transaction(List.of(), c -> {
            try (var insert = c.prepareStatement("INSERT INTO " + table + " VALUES (?, ?)")) {
                insert.setObject(1, id);
                if (value instanceof byte[] bytes) {
                    insert.setBytes(2, bytes);
                } else {
                    insert.setObject(2, value);
                }
                return insert.executeUpdate();
            }
        });
    }

    static Object value(Row row) {
        return java.util.Objects.requireNonNull(row.get("v"), row::json);
    }
}
