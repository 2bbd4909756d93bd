package io.bactrian.table;

import static io.bactrian.table.WriteRequest.Action.DELETE;
import static io.bactrian.table.WriteRequest.Action.INSERT;
import static io.bactrian.table.WriteRequest.Action.TRUNCATE;
import static io.bactrian.table.WriteRequest.Action.UPDATE;
import static io.bactrian.table.WriteRequest.Action.UPSERT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.table.WriteRequest.OnConflict;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every product's user tables must do. */
abstract class TableContract extends AppliedOnceContract {
    @Test
    void actionsDoWhatTheySay() {
        assertEquals(
                1,
                writer.write(orders(UPSERT, row("id", 1, "customer", "a", "quantity", 5)))
                        .affected());
        assertEquals(
                1, writer.write(orders(UPSERT, row("id", 1, "customer", "b"))).affected());
        assertEquals("b", order(1).get("customer"));
        assertEquals("5", String.valueOf(order(1).get("quantity")), "a column that isn't named stays");
        assertEquals(
                1, writer.write(orders(UPDATE, row("id", 1, "quantity", 6))).affected());
        assertEquals("6", String.valueOf(order(1).get("quantity")));
        assertEquals(
                0, writer.write(orders(UPDATE, row("id", 2, "quantity", 6))).affected());
        assertEquals(
                1,
                writer.write(orders(DELETE, row("id", 1, "customer", "whatever")))
                        .affected());
        assertEquals(0, writer.write(orders(DELETE, row("id", 1))).affected());
        writer.write(orders(INSERT, row("id", 1, "customer", "a")));
        writer.write(WriteRequest.of("scratch", INSERT, List.of(row("id", 1), row("id", 2))));
        writer.write(WriteRequest.of("scratch", TRUNCATE, List.of()));
        assertEquals(List.of(), reader.list("scratch", Map.of(), 10, 0));
    }

    @Test
    void aRowOfNothingButItsKeyIsUpserted() {
        WriteRequest request = WriteRequest.of("flags", UPSERT, List.of(row("name", "x")));
        assertEquals(1, writer.write(request).affected());
        assertEquals(0, writer.write(request).affected());
        assertEquals(
                0,
                writer.write(request.stamped(List.of("crm")).once(claim("f1"))).affected());
        assertEquals(List.of(row("name", "x")), reader.list("flags", Map.of(), 10, 0));
    }

    @Test
    void rowsHaveCompositeKeys() {
        writer.write(WriteRequest.of(
                "lines", UPSERT, List.of(row("ord", 1, "line", 1, "sku", "a"), row("ord", 1, "line", 2, "sku", "b"))));
        writer.write(WriteRequest.of("lines", UPSERT, List.of(row("ord", 1, "line", 2, "sku", "c"))));
        writer.write(WriteRequest.of("lines", DELETE, List.of(row("ord", 1, "line", 1))));
        assertEquals(
                List.of("c"),
                reader.list("lines", Map.of(), 10, 0).stream()
                        .map(each -> each.get("sku"))
                        .toList());
    }

    @Test
    void ofRowsWithTheSameKeyInABatchTheLastWins() {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            rows.add(row("id", i % 700, "customer", "c" + i));
        }
        assertEquals(
                2_500, writer.write(WriteRequest.of("orders", UPSERT, rows)).affected());
        assertEquals("c2100", order(0).get("customer"));
        assertEquals("c2499", order(399).get("customer"));
        assertEquals("c1800", order(400).get("customer"));
    }

    @Test
    void aBatchMayMixShapes() {
        writer.write(orders(
                UPSERT,
                row("id", 1, "customer", "a"),
                row("id", 1, "customer", "b", "quantity", 2),
                row("id", 1, "customer", "c")));
        assertEquals("c", order(1).get("customer"));
        assertEquals("2", String.valueOf(order(1).get("quantity")));
    }

    @Test
    void whereTheRowIsThereItIsOverwrittenKeptOrTheWriteFails() {
        writer.write(orders(INSERT, row("id", 1, "customer", "a")));
        WriteRequest upsert = orders(UPSERT, row("id", 1, "customer", "b"));
        assertEquals(0, writer.write(with(upsert, null, OnConflict.KEEP, false)).affected());
        assertEquals("a", order(1).get("customer"));
        refused(with(upsert, null, OnConflict.FAIL, false), Kind.CONSTRAINT);
        refused(orders(INSERT, row("id", 1, "customer", "b")), Kind.CONSTRAINT);
        assertEquals(
                0,
                writer.write(with(orders(INSERT, row("id", 1, "customer", "b")), null, OnConflict.KEEP, false))
                        .affected());
        WriteRequest two = orders(UPSERT, row("id", 1, "customer", "b"), row("id", 2, "customer", "b"));
        assertEquals(1, writer.write(with(two, null, OnConflict.KEEP, false)).affected());
    }

    @Test
    void aMirrorsUpsertOverwritesOnlyALowerVersion() {
        WriteRequest five = with(
                orders(UPSERT, row("id", 1, "customer", "five", "version", 5)), "version", OnConflict.OVERWRITE, false);
        assertEquals(1, writer.write(five).affected());
        WriteRequest four = with(
                orders(UPSERT, row("id", 1, "customer", "four", "version", 4)), "version", OnConflict.OVERWRITE, false);
        assertEquals(0, writer.write(four).affected());
        assertEquals(
                0, writer.write(four.stamped(List.of("crm")).once(claim("v1"))).affected());
        refused(with(four, "version", OnConflict.FAIL, false), Kind.CONSTRAINT, "version moved on");
        refused(
                with(four.stamped(List.of("crm")), "version", OnConflict.FAIL, false),
                Kind.CONSTRAINT,
                "version moved on");
        WriteRequest many = with(
                orders(
                        UPSERT,
                        row("id", 1, "customer", "four", "version", 4),
                        row("id", 2, "customer", "x", "version", 1)),
                "version",
                OnConflict.OVERWRITE,
                false);
        assertEquals(1, writer.write(many).affected());
        assertEquals("five", order(1).get("customer"));
        WriteRequest oldDelete =
                with(orders(DELETE, row("id", 1, "version", 4)), "version", OnConflict.OVERWRITE, false);
        assertEquals(0, writer.write(oldDelete).affected());
        WriteRequest delete = with(orders(DELETE, row("id", 1, "version", 5)), "version", OnConflict.OVERWRITE, false);
        assertEquals(1, writer.write(delete).affected());
    }

    @Test
    void anOptimisticUpdateNeedsExactlyTheVersionItSawAndCountsItUp() {
        writer.write(orders(INSERT, row("id", 1, "customer", "a", "version", 7)));
        WriteRequest update = with(
                orders(UPDATE, row("id", 1, "customer", "b", "version", 7)), "version", OnConflict.OVERWRITE, true);
        assertEquals("8", String.valueOf(writer.write(update).rows().get(0).get("version")));
        refused(update, Kind.CONSTRAINT, "version moved on");
        refused(update.stamped(List.of("crm")).once(claim("v2")), Kind.CONSTRAINT, "version moved on");
        assertEquals(
                0, writer.write(with(update, "version", OnConflict.KEEP, false)).affected());
        refused(
                with(orders(UPDATE, row("id", 1, "customer", "b")), "version", OnConflict.OVERWRITE, true),
                Kind.INVALID_STATEMENT,
                "version column 'version'");
    }

    @Test
    void theRowsAsTheyAreComeBackWhereAskedFor() {
        WriteRequest request = with(orders(UPSERT, row("id", 1, "customer", "a")), null, OnConflict.OVERWRITE, true);
        Map<String, @Nullable Object> row = writer.write(request).rows().get(0);
        assertEquals("a", row.get("customer"));
        assertTrue(row.containsKey("note"));
        assertEquals(
                order(1), writer.write(request.stamped(List.of("crm"))).rows().get(0));
        WriteRequest claimed = request.once(claim("r1"));
        assertEquals(order(1), writer.write(claimed).rows().get(0));
        writer.write(orders(UPDATE, row("id", 1, "customer", "b")));
        // A message that comes again is answered with the row as it is.
        assertEquals("b", writer.write(claimed).rows().get(0).get("customer"));
        assertEquals(
                "b",
                writer.write(with(request, null, OnConflict.KEEP, true))
                        .rows()
                        .get(0)
                        .get("customer"));
        WriteRequest two = with(
                orders(UPSERT, row("id", 1, "customer", "c"), row("id", 2, "customer", "d")),
                null,
                OnConflict.OVERWRITE,
                true);
        assertEquals(
                List.of("c", "d"),
                writer.write(two).rows().stream()
                        .map(each -> String.valueOf(each.get("customer")))
                        .toList());
        WriteRequest delete = with(orders(DELETE, row("id", 2)), null, OnConflict.OVERWRITE, true);
        assertEquals("d", writer.write(delete).rows().get(0).get("customer"));
        assertEquals(List.of(), writer.write(delete).rows());
    }

    @Test
    void whatIsNotThereIsNamed() {
        refused(
                orders(UPSERT, row("id", 1, "custmer", "a")),
                Kind.INVALID_STATEMENT,
                "no column 'custmer'",
                "did you mean 'customer'");
        refused(
                WriteRequest.of("ordres", UPSERT, List.of(row("id", 1))),
                Kind.INVALID_STATEMENT,
                "no table 'ordres'",
                "did you mean 'orders'");
        refused(orders(UPSERT, row("customer", "a")), Kind.INVALID_STATEMENT, "key column 'id'", "operation=insert");
        refused(orders(UPDATE, row("id", null, "customer", "a")), Kind.INVALID_STATEMENT, "key column 'id'");
        refused(orders(UPDATE, row("id", 1)), Kind.INVALID_STATEMENT, "nothing to write");
        refused(
                WriteRequest.of("keyless", UPSERT, List.of(row("name", "a"))),
                Kind.INVALID_STATEMENT,
                "no primary key");
        assertEquals(
                1,
                writer.write(WriteRequest.of("keyless", INSERT, List.of(row("name", "a"))))
                        .affected());
        assertThrows(DatabaseException.class, () -> reader.list("orders", row("nope", 1), 1, 0));
    }

    @Test
    void aColumnThatCameLaterIsFound() {
        run("CREATE TABLE growing (id int PRIMARY KEY)");
        // The catalog looks again at most once a second.
        WriteRequest before = WriteRequest.of("growing", UPSERT, List.of(row("id", 1)));
        await().ignoreExceptions().untilAsserted(() -> writer.write(before));
        run("ALTER TABLE growing ADD COLUMN late text");
        WriteRequest request = WriteRequest.of("growing", UPSERT, List.of(row("id", 1, "late", "x")));
        await().ignoreExceptions().untilAsserted(() -> writer.write(request));
        assertEquals("x", reader.find("growing", row("id", 1)).orElseThrow().get("late"));
    }

    @Test
    void theDatabasesRulesAreConstraintErrors() {
        writer.write(orders(INSERT, row("id", 1, "customer", "a")));
        refused(orders(INSERT, row("id", 1, "customer", "a")), Kind.CONSTRAINT);
        refused(orders(INSERT, row("id", 2)), Kind.CONSTRAINT);
        refused(WriteRequest.of("parts", INSERT, List.of(row("id", 1, "ord", 99))), Kind.CONSTRAINT);
        refused(orders(INSERT, row("id", 2, "customer", "a", "quantity", -1)), Kind.CONSTRAINT);
    }

    @Test
    void whatAColumnCantHoldIsRefusedByName() {
        refused(orders(UPSERT, row("id", 1, "customer", "a", "quantity", "many")), Kind.INVALID_VALUE, "quantity");
        refused(orders(UPSERT, row("id", 1, "customer", "a", "quantity", 1.5)), Kind.INVALID_VALUE, "quantity");
        refused(
                orders(UPSERT, row("id", 1, "customer", "a", "quantity", new BigDecimal("1e999999999"))),
                Kind.INVALID_VALUE,
                "quantity");
        refused(orders(UPSERT, row("id", 1, "customer", "a", "photo", "no base64!")), Kind.INVALID_VALUE, "photo");
    }

    @Test
    void namesAndValuesAreNeverSql() {
        String evil = "x'); DROP TABLE orders; --\"\\ ${id} ?";
        writer.write(orders(UPSERT, row("id", 1, "customer", evil))
                .stamped(List.of("o'; DROP TABLE orders --"))
                .once(claim("m'; DROP TABLE orders --")));
        assertEquals(evil, order(1).get("customer"));
        assertEquals(List.of("o'; DROP TABLE orders --:1"), seen());
        refused(orders(UPSERT, row("id", 1, "customer\" = 'x', \"note", "a")), Kind.INVALID_STATEMENT);
        String table = "we\"ird; DROP TABLE orders --";
        String column = "na\"me'; --";
        writer.write(WriteRequest.of(table, UPSERT, List.of(row(column, "k", "?", "1"))));
        writer.write(WriteRequest.of(table, UPSERT, List.of(row(column, "k", "?", "2")))
                .stamped(List.of("crm"))
                .once(claim("weird")));
        assertEquals(List.of(row(column, "k", "?", "2")), reader.list(table, row(column, "k"), 10, 0));
        assertEquals(
                1,
                writer.write(WriteRequest.of(table, DELETE, List.of(row(column, "k"))))
                        .affected());
    }

    @Test
    @DisplayName("invariant 13: values come back as they were, from Java types and from their JSON form")
    void valuesComeBackAsTheyWere() {
        Map<String, @Nullable Object> natural = natural();
        writer.write(orders(INSERT, with(natural, 1)));
        assertRow(with(natural, 1), order(1));
        // What the trigger captured, and what an HTTP body holds: JSON.
        String json = RowJson.write(order(1));
        Map<String, @Nullable Object> captured =
                Row.ofJson(json, database.catalog().rowType("orders"));
        captured.put("id", 2);
        writer.write(orders(INSERT, captured));
        assertRow(with(natural, 2), order(2));
        Map<String, @Nullable Object> plain = RowJson.read(json, io.bactrian.change.RowType.UNKNOWN);
        plain.put("id", 3);
        writer.write(orders(UPSERT, plain).stamped(List.of("crm")).once(claim("values")));
        assertRow(with(natural, 3), order(3));
        // All of it through a batch, and back to NULL.
        writer.write(orders(UPSERT, with(natural, 4), with(natural, 5)));
        assertRow(with(natural, 5), order(5));
        Map<String, @Nullable Object> nulls = new LinkedHashMap<>(natural);
        nulls.replaceAll((name, value) -> name.equals("customer") ? value : null);
        writer.write(orders(UPSERT, with(nulls, 5)));
        assertRow(with(nulls, 5), order(5));
    }

    /** A value of every type in {@code orders}, in its natural Java type; without the id. */
    abstract Map<String, @Nullable Object> natural();

    private static Map<String, @Nullable Object> with(Map<String, @Nullable Object> row, long id) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(row);
        copy.put("id", id);
        return copy;
    }

    static void assertRow(Map<String, @Nullable Object> expected, Map<String, @Nullable Object> actual) {
        expected.forEach((name, value) -> {
            if (value instanceof byte[] bytes) {
                assertArrayEquals(bytes, (byte[]) actual.get(name), name);
            } else {
                assertEquals(value, actual.get(name), name);
            }
        });
    }

    @Test
    void jsonColumnsTakeMapsListsTextAndScalars() {
        Map<String, Object> map = Map.of("a", List.of(1, "x"));
        writer.write(orders(UPSERT, row("id", 1, "customer", "a", "doc", map)));
        assertEquals(map, order(1).get("doc"));
        writer.write(orders(UPSERT, row("id", 1, "customer", "a", "doc", "{\"a\":[1,\"x\"]}")));
        assertEquals(map, order(1).get("doc"));
        for (Object scalar : List.of("text", "{not json", 12, true)) {
            writer.write(orders(UPSERT, row("id", 1, "customer", "a", "doc", scalar)));
            assertEquals(scalar, order(1).get("doc"));
        }
        // In a captured row a string is a string, whatever it looks like.
        writer.write(orders(UPSERT, Row.of(row("id", 1, "customer", "a", "doc", "{\"a\":1}"))));
        assertEquals("{\"a\":1}", order(1).get("doc"));
    }

    @Test
    void rowsAreListedByEqualValuesInKeyOrderByPages() {
        writer.write(WriteRequest.of(
                "orders",
                INSERT,
                IntStream.rangeClosed(1, 20)
                        .mapToObj(i -> row("id", 21 - i, "customer", i % 2 == 0 ? "even" : "odd", "note", null))
                        .toList()));
        List<Map<String, @Nullable Object>> page = reader.list("orders", row("customer", "odd", "note", null), 3, 2);
        assertEquals(
                Stream.of("6", "8", "10").toList(),
                page.stream().map(each -> String.valueOf(each.get("id"))).toList());
        assertTrue(reader.find("orders", row("id", "7")).isPresent());
        assertTrue(reader.find("orders", row("id", 77)).isEmpty());
        assertThrows(DatabaseException.class, () -> reader.find("orders", row("customer", "odd")));
    }

    @Test
    void aDatabaseWithoutOurTablesIsRefusedWithTheRemedy() {
        try (Database bare = Database.open(settings())) {
            bare.transaction(List.of(), connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.execute("CREATE TABLE flags (name text PRIMARY KEY)");
                }
            });
            TableWriter other = new TableWriter(bare);
            WriteRequest request = WriteRequest.of("flags", UPSERT, List.of(row("name", "x")));
            assertEquals(1, other.write(request).affected());
            for (WriteRequest needs : List.of(request.stamped(List.of("crm")), request.once(claim("m")))) {
                DatabaseException e = assertThrows(DatabaseException.class, () -> other.write(needs));
                assertEquals(Kind.INVALID_STATEMENT, e.kind());
                assertTrue(e.getMessage().contains("capture install --database " + bare.name()), e.getMessage());
            }
        }
    }
}
