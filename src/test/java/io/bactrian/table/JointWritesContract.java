package io.bactrian.table;

import static io.bactrian.table.WriteRequest.Action.DELETE;
import static io.bactrian.table.WriteRequest.Action.INSERT;
import static io.bactrian.table.WriteRequest.Action.UPDATE;
import static io.bactrian.table.WriteRequest.Action.UPSERT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.table.WriteRequest.OnConflict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every product must make of several messages' writes in one transaction. */
abstract class JointWritesContract extends MixedBatchContract {
    @Test
    @DisplayName("invariants 9, 10: written jointly, each write has its own claim and its own origin, or none")
    void eachWriteHasItsOwnClaimAndOrigin() {
        List<String> crm = List.of("crm");
        writer.write(orders(INSERT, row("id", 100, "customer", "a")).once(claim("j-known")));
        forget();
        database.jointly(() -> {
            writer.write(
                    orders(INSERT, row("id", 1, "customer", "a")).stamped(crm).once(claim("j1")));
            writer.write(
                    orders(INSERT, row("id", 2, "customer", "a")).stamped(crm).once(claim("j2")));
            writer.write(orders(INSERT, row("id", 3, "customer", "a")).once(claim("j3")));
            assertFalse(writer.write(orders(INSERT, row("id", 4, "customer", "a"))
                            .stamped(crm)
                            .once(claim("j-known")))
                    .applied());
            writer.write(orders(INSERT, row("id", 5, "customer", "a")));
            writer.write(orders(INSERT, row("id", 6, "customer", "a"), row("id", 7, "customer", "a"))
                    .stamped(List.of("shop")));
            writer.writeTogether(List.of(
                    orders(UPDATE, row("id", 1, "customer", "b")).stamped(crm).once(claim("j4")),
                    orders(UPDATE, row("id", 2, "customer", "b"))));
            writer.write(orders(DELETE, row("id", 7)));
            assertFalse(
                    writer.write(orders(DELETE, row("id", 1)).once(claim("j1"))).applied());
        });
        writer.write(orders(INSERT, row("id", 8, "customer", "a")));
        assertEquals(
                List.of(
                        "crm:1", "crm:2", "null:3", "null:5", "shop:6", "shop:7", "crm:1", "null:2", "null:7",
                        "null:8"),
                seen());
        assertFalse(writer.write(orders(INSERT, row("id", 9, "customer", "a")).once(claim("j2")))
                .applied());
    }

    @Test
    void whatWasWrittenJointlyIsReadThereAndNowhereElseBeforeTheEnd() throws Exception {
        database.jointly(() -> {
            WriteRequest request = orders(UPSERT, row("id", 1, "customer", "a"));
            assertEquals(
                    "a",
                    writer.write(with(request, null, OnConflict.OVERWRITE, true))
                            .rows()
                            .get(0)
                            .get("customer"));
            assertEquals("a", order(1).get("customer"));
            assertEquals(
                    List.of(),
                    CompletableFuture.supplyAsync(() -> reader.list("orders", Map.of(), 10, 0))
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join());
        });
        assertEquals("a", order(1).get("customer"));
    }

    @Test
    @DisplayName("invariant 9: a failure undoes all of it with the claims, even where the work passes over it")
    void aFailureUndoesAllOfIt() {
        DatabaseException first = assertThrows(
                DatabaseException.class,
                () -> database.jointly(() -> {
                    writer.write(orders(INSERT, row("id", 1, "customer", "a"))
                            .stamped(List.of("crm"))
                            .once(claim("f1")));
                    DatabaseException refusal = refused(
                            orders(INSERT, row("id", 2, "customer", null)).once(claim("f2")), Kind.CONSTRAINT);
                    assertSame(
                            refusal,
                            refused(orders(INSERT, row("id", 3, "customer", "a")), Kind.CONSTRAINT),
                            "nothing is done after a failure");
                }));
        assertEquals(Kind.CONSTRAINT, first.kind());
        assertEquals(List.of(), reader.list("orders", Map.of(), 10, 0));
        assertThrows(
                IllegalStateException.class,
                () -> database.jointly(() -> {
                    writer.write(orders(INSERT, row("id", 1, "customer", "a")).once(claim("f1")));
                    throw new IllegalStateException("the route's own");
                }));
        assertTrue(writer.write(orders(INSERT, row("id", 1, "customer", "a")).once(claim("f1")))
                .applied());
        assertEquals(List.of("null:1"), seen());
    }

    @Test
    void aJointTransactionOfNothingIsNone() {
        database.jointly(() -> assertTrue(database.isJoint()));
        assertFalse(database.isJoint());
        assertThrows(IllegalStateException.class, () -> database.jointly(() -> database.jointly(() -> {})));
        assertFalse(database.isJoint());
    }

    @Test
    @DisplayName("invariant 9: a write that came too late for its row's version gives its claim back")
    void aStaleWriteGivesItsClaimBack() {
        writer.write(orders(INSERT, row("id", 1, "customer", "a", "version", 7)));
        WriteRequest stale = with(
                        orders(UPDATE, row("id", 1, "customer", "b", "version", 6)),
                        "version",
                        OnConflict.OVERWRITE,
                        false)
                .once(claim("stale"));
        refused(stale, Kind.CONSTRAINT);
        refused(stale, Kind.CONSTRAINT);
    }
}
