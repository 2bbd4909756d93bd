package io.bactrian.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.RowJson;
import io.bactrian.change.RowType;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.table.WriteRequest.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every product must make of a batch of changes of several tables: the rows that one change after the other makes. */
abstract class MixedBatchContract extends TableDatabase {
    private long seq;

    @BeforeEach
    void family() {
        for (String table : List.of("child", "parent", "tall")) {
            run("DROP TABLE IF EXISTS " + table);
        }
        run("CREATE TABLE parent (id bigint PRIMARY KEY, code varchar(20) UNIQUE, name text, seen int DEFAULT 7)");
        run("CREATE TABLE child (id bigint PRIMARY KEY, parent bigint REFERENCES parent (id), note text)");
        run("CREATE TABLE tall (sku varchar(20), place int, amount numeric(12,2), PRIMARY KEY (sku, place))");
        database.catalog().refresh();
    }

    @Test
    void rowsOfSeveralTablesGoInTogether() {
        apply(
                child(Operation.INSERT, 1, null),
                parent(Operation.INSERT, 1, "a"),
                child(Operation.INSERT, 2, 1L),
                parent(Operation.INSERT, 2, "b"),
                child(Operation.UPDATE, 1, 2L),
                tall(Operation.INSERT, "x", 1, "1.50"),
                tall(Operation.INSERT, "x", 2, "2.50"),
                tall(Operation.UPDATE, "x", 1, "3.50"));
        assertEquals(Map.of(1L, "a", 2L, "b"), parents());
        assertEquals(Map.of(1L, "2", 2L, "1"), children());
        assertEquals(2, reader.list("tall", Map.of(), 10, 0).size());
    }

    @Test
    void parentsAndChildrenComeAndGo() {
        apply(parent(Operation.INSERT, 1, "a"), child(Operation.INSERT, 1, 1L), parent(Operation.INSERT, 3, "c"));
        apply(
                parent(Operation.INSERT, 2, "b"),
                child(Operation.INSERT, 2, 2L),
                child(Operation.DELETE, 2, 2L),
                parent(Operation.DELETE, 2, "b"),
                child(Operation.DELETE, 1, 1L),
                parent(Operation.DELETE, 1, "a"),
                parent(Operation.INSERT, 1, "a2"),
                child(Operation.INSERT, 1, 1L),
                child(Operation.INSERT, 4, 3L));
        assertEquals(Map.of(1L, "a2", 3L, "c"), parents());
        assertEquals(Map.of(1L, "1", 4L, "3"), children());
    }

    @Test
    void aUniqueValueGoesFromOneRowToAnother() {
        apply(parent(Operation.INSERT, 1, "a"), parent(Operation.INSERT, 2, "b"));
        apply(
                parent(Operation.UPDATE, 1, "tmp"),
                parent(Operation.UPDATE, 2, "a"),
                parent(Operation.UPDATE, 1, "b"),
                parent(Operation.INSERT, 3, "c"),
                parent(Operation.DELETE, 3, "c"),
                parent(Operation.INSERT, 4, "c"));
        assertEquals(Map.of(1L, "b", 2L, "a", 4L, "c"), parents());
    }

    @Test
    void aRowThatComesAgainHasNothingOfTheOldOne() {
        apply(parent(Operation.INSERT, 1, "a"), parent(Operation.INSERT, 2, "b"));
        run("UPDATE parent SET seen = 99");
        apply(parent(Operation.DELETE, 1, "a"), parent(Operation.INSERT, 1, "a"), parent(Operation.UPDATE, 2, "b2"));
        assertEquals("7", String.valueOf(find("parent", 1).get("seen")));
        assertEquals("99", String.valueOf(find("parent", 2).get("seen")));
    }

    @Test
    void aColumnThatALaterChangeLacksStays() {
        apply(
                change("parent", Operation.INSERT, row("id", 1), null, row("id", 1, "code", "a", "name", "first")),
                change("parent", Operation.UPDATE, row("id", 1), null, row("id", 1, "code", "b")));
        assertEquals("first", find("parent", 1).get("name"));
        assertEquals("b", find("parent", 1).get("code"));
    }

    @Test
    @DisplayName("invariant 3: a change of the key is a barrier on the old and the new key")
    void keysChange() {
        apply(parent(Operation.INSERT, 1, "a"), parent(Operation.INSERT, 2, "b"));
        apply(
                moved(2, 3, "b"),
                moved(1, 2, "a"),
                parent(Operation.UPDATE, 2, "a2"),
                parent(Operation.INSERT, 1, "new"),
                moved(3, 4, "b"),
                parent(Operation.DELETE, 4, "b"));
        assertEquals(Map.of(1L, "new", 2L, "a2"), parents());
    }

    @Test
    @DisplayName("invariant 3: TRUNCATE is a barrier on all")
    void truncateEmptiesWhatCameBefore() {
        apply(
                tall(Operation.INSERT, "a", 1, "1"),
                parent(Operation.INSERT, 1, "a"),
                change("tall", Operation.TRUNCATE, row(), null, null),
                tall(Operation.INSERT, "b", 1, "1"),
                parent(Operation.UPDATE, 1, "b"));
        assertEquals(1, reader.list("tall", Map.of(), 10, 0).size());
        assertEquals(Map.of(1L, "b"), parents());
    }

    @Test
    void tablesThatReferToEachOtherAreTruncatedTogether() {
        apply(parent(Operation.INSERT, 1, "a"), child(Operation.INSERT, 1, 1L));
        apply(
                change("parent", Operation.TRUNCATE, row(), null, null),
                change("child", Operation.TRUNCATE, row(), null, null),
                parent(Operation.INSERT, 2, "b"));
        assertEquals(Map.of(2L, "b"), parents());
        apply(parent(Operation.INSERT, 1, "a"), child(Operation.INSERT, 1, 1L));
        apply(
                change("child", Operation.TRUNCATE, row(), null, null),
                change("parent", Operation.TRUNCATE, row(), null, null));
        assertEquals(Map.of(), parents());
    }

    @Test
    void keysThatDifferOnlyInText() {
        apply(
                tall(Operation.INSERT, "a", 1, "1"),
                tall(Operation.INSERT, "A", 1, "2"),
                tall(Operation.DELETE, "a", 1, "1"),
                tall(Operation.INSERT, "a\\\"'{}[]", 1, "3"),
                tall(Operation.UPDATE, "A", 1, "4"));
        assertEquals(
                List.of("4", "3"),
                reader.list("tall", Map.of(), 10, 0).stream()
                        .map(each -> String.valueOf(each.get("amount")).replace(".00", ""))
                        .toList());
    }

    @Test
    @DisplayName("invariant 10: each change is stamped with the parties on whose behalf it was made")
    void eachIsStampedWithItsOrigin() {
        List<RowChange> changes = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            Map<String, @Nullable Object> row = row("id", i, "customer", "c" + i);
            Change change = change("orders", Operation.INSERT, row("id", i), null, row);
            changes.add(new RowChange(
                    change, "orders", Action.UPSERT, i % 2 == 0 ? List.of("shop") : List.of("shop", "crm")));
        }
        write(changes);
        assertEquals(
                List.of("shop,crm:1", "shop,crm:3", "shop,crm:5", "shop:2", "shop:4", "shop:6"),
                seen().stream().sorted().toList());
    }

    @Test
    @DisplayName("invariant 10: a row's changes by different parties are told apart")
    void oneRowsChangesByDifferentParties() {
        List<RowChange> changes = new ArrayList<>();
        for (String party : List.of("crm", "erp", "crm")) {
            Map<String, @Nullable Object> row = row("id", 1, "customer", party);
            changes.add(new RowChange(
                    change("orders", Operation.UPDATE, row("id", 1), null, row),
                    "orders",
                    Action.UPSERT,
                    List.of("shop", party)));
        }
        write(changes);
        assertEquals(List.of("shop,crm:1", "shop,erp:1", "shop,crm:1"), seen());
    }

    @Test
    void oneRowThatWontDoKeepsAllOut() {
        DatabaseException e = assertThrows(
                DatabaseException.class,
                () -> apply(
                        parent(Operation.INSERT, 1, "a"),
                        child(Operation.INSERT, 1, 99L),
                        parent(Operation.INSERT, 2, "b")));
        assertEquals(Kind.CONSTRAINT, e.kind(), e.getMessage());
        assertEquals(Map.of(), parents());
    }

    @Test
    void whatTheTargetLacksIsNamed() {
        DatabaseException column = assertThrows(
                DatabaseException.class,
                () -> apply(
                        parent(Operation.INSERT, 1, "a"),
                        change("parent", Operation.INSERT, row("id", 2), null, row("id", 2, "colour", "red"))));
        assertEquals(Kind.INVALID_STATEMENT, column.kind());
        assertTrue(column.getMessage().contains("no column 'colour'"), column.getMessage());
        DatabaseException table = assertThrows(
                DatabaseException.class,
                () -> apply(
                        parent(Operation.INSERT, 1, "a"),
                        change("nowhere", Operation.INSERT, row("id", 2), null, row("id", 2))));
        assertEquals(Kind.INVALID_STATEMENT, table.kind());
        assertTrue(table.getMessage().contains("no table 'nowhere'"), table.getMessage());
    }

    @Test
    @DisplayName("invariant 9: a batch with a claim is applied once")
    void aBatchIsClaimed() {
        List<RowChange> changes =
                List.of(repeated(parent(Operation.INSERT, 1, "a")), repeated(parent(Operation.INSERT, 2, "b")));
        assertTrue(writer.writeChanges(changes, claim("batch"), () -> inOrder(changes))
                .applied());
        run("UPDATE parent SET code = 'later' WHERE id = 1");
        assertEquals(
                new WriteResult(false, 0, List.of()),
                writer.writeChanges(changes, claim("batch"), () -> inOrder(changes)));
        assertEquals(Map.of(1L, "later", 2L, "b"), parents());
    }

    /** The source's tables are kept in memory, and obey the same rules as the target's. */
    @Test
    void whateverHappensTheRowsAreTheSameAfterEachBatch() {
        Random random = new Random(42);
        TreeMap<Long, String> parents = new TreeMap<>();
        TreeMap<Long, String> children = new TreeMap<>();
        List<Change> batch = new ArrayList<>();
        for (int batches = 0, next = 1; batches < 60; ) {
            one(random, parents, children).ifPresent(batch::add);
            if (batch.size() == next) {
                apply(batch.toArray(Change[]::new));
                assertEquals(parents, parents(), () -> "after " + batch);
                assertEquals(children, children(), () -> "after " + batch);
                batch.clear();
                next = 1 + random.nextInt(30);
                batches++;
            }
        }
    }

    private Optional<Change> one(Random random, Map<Long, String> parents, Map<Long, String> children) {
        long id = 1 + random.nextInt(8);
        String code = "c" + random.nextInt(10);
        boolean there = parents.containsKey(id);
        boolean referred = children.containsValue(String.valueOf(id));
        boolean free = !parents.containsValue(code);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (free) {
                    parents.put(id, code);
                    return Optional.of(parent(there ? Operation.UPDATE : Operation.INSERT, id, code));
                }
            }
            case 2 -> {
                if (there && !referred) {
                    return Optional.of(parent(Operation.DELETE, id, String.valueOf(parents.remove(id))));
                }
            }
            case 3 -> {
                long to = 1 + random.nextInt(8);
                if (there && !referred && !parents.containsKey(to)) {
                    parents.put(to, String.valueOf(parents.remove(id)));
                    return Optional.of(moved(id, to, parents.get(to)));
                }
            }
            case 4 -> {
                if (there) {
                    long child = random.nextInt(8);
                    boolean known = children.put(child, String.valueOf(id)) != null;
                    return Optional.of(child(known ? Operation.UPDATE : Operation.INSERT, child, id));
                }
            }
            default -> {
                long child = random.nextInt(8);
                if (children.containsKey(child)) {
                    return Optional.of(
                            child(Operation.DELETE, child, Long.valueOf(String.valueOf(children.remove(child)))));
                }
            }
        }
        return Optional.empty();
    }

    private Map<Long, String> parents() {
        return column("parent", "code");
    }

    private Map<Long, String> children() {
        return column("child", "parent");
    }

    private Map<Long, String> column(String table, String column) {
        Map<Long, String> rows = new TreeMap<>();
        reader.list(table, Map.of(), 100, 0)
                .forEach(row -> rows.put(Long.valueOf(String.valueOf(row.get("id"))), String.valueOf(row.get(column))));
        return rows;
    }

    private Map<String, @Nullable Object> find(String table, long id) {
        return reader.find(table, row("id", id)).orElseThrow();
    }

    Change parent(Operation operation, long id, String code) {
        return change("parent", operation, row("id", id), null, row("id", id, "code", code, "name", "p" + id));
    }

    Change child(Operation operation, long id, @Nullable Long parent) {
        return change("child", operation, row("id", id), null, row("id", id, "parent", parent, "note", "n" + id));
    }

    private Change tall(Operation operation, String sku, int place, String amount) {
        Map<String, @Nullable Object> key = row("sku", sku, "place", place);
        Map<String, @Nullable Object> row = new LinkedHashMap<>(key);
        row.put("amount", new java.math.BigDecimal(amount));
        return change("tall", operation, key, null, row);
    }

    private Change moved(long from, long to, String code) {
        return change(
                "parent",
                Operation.UPDATE,
                row("id", to),
                row("id", from),
                row("id", to, "code", code, "name", "moved"));
    }

    Change change(
            String table,
            Operation operation,
            Map<String, @Nullable Object> key,
            @Nullable Map<String, @Nullable Object> keyBefore,
            @Nullable Map<String, @Nullable Object> row) {
        String json = row == null ? null : RowJson.write(row);
        RowType type = database.catalog().rowType(table);
        return new Change(
                new ChangeId("main", 1, ++seq),
                seq,
                table,
                operation,
                RowJson.write(key),
                keyBefore == null ? null : RowJson.write(keyBefore),
                operation == Operation.DELETE ? json : null,
                operation == Operation.DELETE ? null : json,
                "t1",
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH,
                type);
    }

    static RowChange repeated(Change change) {
        return new RowChange(change, change.table(), Action.repeating(change.operation()), List.of("shop"));
    }

    private void apply(Change... changes) {
        write(List.of(changes).stream().map(MixedBatchContract::repeated).toList());
    }

    private void write(List<RowChange> changes) {
        writer.writeChanges(changes, Optional.empty(), () -> inOrder(changes));
    }

    private static List<WriteRequest> inOrder(List<RowChange> changes) {
        List<WriteRequest> requests = new ArrayList<>();
        for (RowChange each : changes) {
            Change change = each.change();
            Map<String, @Nullable Object> before = change.keyBefore();
            if (before != null) {
                requests.add(WriteRequest.of(each.table(), Action.DELETE, List.of(before))
                        .stamped(each.origin()));
            }
            Map<String, @Nullable Object> row = each.action() == Action.DELETE ? change.key() : change.row();
            requests.add(WriteRequest.of(each.table(), each.action(), row == null ? List.of() : List.of(row))
                    .stamped(each.origin()));
        }
        return requests;
    }
}
