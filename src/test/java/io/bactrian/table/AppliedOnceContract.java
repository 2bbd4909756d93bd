package io.bactrian.table;

import static io.bactrian.table.WriteRequest.Action.DELETE;
import static io.bactrian.table.WriteRequest.Action.INSERT;
import static io.bactrian.table.WriteRequest.Action.UPDATE;
import static io.bactrian.table.WriteRequest.Action.UPSERT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.table.WriteRequest.Claim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every product must do so that a message is applied once and no party hears an echo. */
abstract class AppliedOnceContract extends JointWritesContract {
    @Test
    @DisplayName("invariant 9: a claimed write is applied once, however often it comes")
    void aClaimedWriteIsAppliedOnce() {
        WriteRequest request = orders(UPSERT, row("id", 1, "customer", "a")).once(claim("m1"));
        assertEquals(new WriteResult(true, 1, List.of()), writer.write(request));
        writer.write(orders(UPDATE, row("id", 1, "customer", "changed since")));
        assertEquals(new WriteResult(false, 0, List.of()), writer.write(request));
        assertEquals("changed since", order(1).get("customer"));
    }

    @Test
    @DisplayName("invariant 9: of eight threads with the same claim one writes")
    void ofEightThreadsWithTheSameClaimOneWrites() throws Exception {
        for (int round = 0; round < 20; round++) {
            String message = "race" + round;
            List<Callable<WriteResult>> tries = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                long id = 1000L + round * 8L + i;
                // Half of them as a batch, which goes another way.
                WriteRequest request = i % 2 == 0
                        ? orders(INSERT, row("id", id, "customer", message))
                        : orders(INSERT, row("id", id, "customer", message), row("id", -id, "customer", message));
                tries.add(() -> writer.write(request.once(claim(message)).stamped(List.of("crm"))));
            }
            List<WriteResult> results = atOnce(tries);
            WriteResult applied = results.stream()
                    .filter(WriteResult::applied)
                    .reduce((a, b) -> {
                        throw new AssertionError("applied twice: " + results);
                    })
                    .orElseThrow();
            assertEquals(
                    applied.affected(),
                    reader.list("orders", row("customer", message), 100, 0).size());
        }
    }

    private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        var threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("invariant 9: a write that fails gives its claim back")
    void aWriteThatFailsGivesItsClaimBack() {
        WriteRequest wrong = orders(INSERT, row("id", 1, "customer", null)).once(claim("m2"));
        refused(wrong, Kind.CONSTRAINT);
        WriteRequest right = orders(INSERT, row("id", 1, "customer", "a")).once(claim("m2"));
        assertTrue(writer.write(right).applied());
    }

    @Test
    @DisplayName("invariant 9: another split index, step, route or generation is another claim")
    void anotherSplitIndexStepRouteOrGenerationIsAnotherClaim() {
        List<Claim> claims = List.of(
                new Claim("r", "s", 0, "m3", 0),
                new Claim("r2", "s", 0, "m3", 0),
                new Claim("r", "s2", 0, "m3", 0),
                new Claim("r", "s", 1, "m3", 0),
                new Claim("r", "s", 0, "m3", 1));
        for (int i = 0; i < claims.size(); i++) {
            WriteRequest request = orders(INSERT, row("id", i, "customer", "a")).once(Optional.of(claims.get(i)));
            assertTrue(writer.write(request).applied());
            assertFalse(writer.write(request).applied());
        }
    }

    @Test
    void aBatchIsWrittenWholeUnderOneClaimOrNotAtAll() {
        WriteRequest half = orders(INSERT, row("id", 1, "customer", "a"), row("id", 2, "customer", null))
                .once(claim("m4"));
        refused(half, Kind.CONSTRAINT);
        assertEquals(List.of(), reader.list("orders", Map.of(), 10, 0));
        WriteRequest whole = orders(INSERT, row("id", 1, "customer", "a"), row("id", 2, "customer", "b"))
                .once(claim("m4"));
        assertEquals(new WriteResult(true, 2, List.of()), writer.write(whole));
        assertEquals(new WriteResult(false, 0, List.of()), writer.write(whole));
    }

    @Test
    void oldClaimsArePurgedAndNewOnesKept() {
        WriteRequest request = orders(UPSERT, row("id", 1, "customer", "a")).once(claim("m5"));
        writer.write(request);
        writer.purgeClaims(Instant.now().minusSeconds(3600));
        assertFalse(writer.write(request).applied());
        assertTrue(writer.purgeClaims(Instant.now().plusSeconds(3600)) > 0);
        assertTrue(writer.write(request).applied());
    }

    @Test
    @DisplayName("invariant 10: triggers see the origin of the write, and no other write carries it")
    void triggersSeeTheOriginOfTheWriteAndNoOtherWriteCarriesIt() {
        List<String> crm = List.of("crm", "shop");
        writer.write(orders(INSERT, row("id", 1, "customer", "a")).stamped(crm));
        writer.write(orders(INSERT, row("id", 2, "customer", "a")));
        writer.write(orders(UPSERT, row("id", 3, "customer", "a")).stamped(crm).once(claim("o1")));
        writer.write(orders(UPSERT, row("id", 4, "customer", "a")).once(claim("o2")));
        writer.write(orders(UPDATE, row("id", 4, "customer", "b")).stamped(crm));
        writer.write(orders(DELETE, row("id", 4)).stamped(crm).once(claim("o3")));
        writer.write(orders(INSERT, row("id", 5, "customer", "a"), row("id", 6, "customer", "a"))
                .stamped(crm));
        writer.write(orders(INSERT, row("id", 7, "customer", "a"), row("id", 8, "customer", "a")));
        assertThrows(
                DatabaseException.class,
                () -> writer.write(
                        orders(INSERT, row("id", 9, "customer", null)).stamped(crm)));
        writer.write(orders(INSERT, row("id", 10, "customer", "a")));
        assertEquals(
                List.of(
                        "crm,shop:1",
                        "null:2",
                        "crm,shop:3",
                        "null:4",
                        "crm,shop:4",
                        "crm,shop:4",
                        "crm,shop:5",
                        "crm,shop:6",
                        "null:7",
                        "null:8",
                        "null:10"),
                seen());
    }

    @Test
    @DisplayName("invariant 10: requests written together carry each its own origin")
    void requestsWrittenTogetherCarryEachItsOwnOrigin() {
        writer.writeTogether(List.of(
                orders(INSERT, row("id", 1, "customer", "a")),
                orders(INSERT, row("id", 2, "customer", "a")).stamped(List.of("crm")),
                orders(INSERT, row("id", 3, "customer", "a"), row("id", 4, "customer", "a"))
                        .stamped(List.of("shop")),
                orders(INSERT, row("id", 5, "customer", "a")).stamped(List.of("erp"))));
        writer.write(orders(INSERT, row("id", 6, "customer", "a")));
        assertEquals(List.of("null:1", "crm:2", "shop:3", "shop:4", "erp:5", "null:6"), seen());
    }

    @Test
    void aPartysNameWithAComma_isRefused() {
        WriteRequest request = orders(INSERT, row("id", 1, "customer", "a"));
        assertThrows(IllegalArgumentException.class, () -> request.stamped(List.of("a,b")));
    }
}
