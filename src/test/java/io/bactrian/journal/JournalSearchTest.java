package io.bactrian.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.journal.JournalSearch.Found;
import io.bactrian.journal.JournalSearch.RowName;
import io.bactrian.journal.JournalSearch.Wanted;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding changes again, over several segments. */
class JournalSearchTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private Journal journal;
    private JournalSearch search;
    private long seq;

    @BeforeEach
    void open(@TempDir Path data) {
        // Segments so small that each page of some size begins a new one.
        JournalSettings settings = new JournalSettings(Duration.ofDays(7), 1L << 30, Duration.ofDays(1), 20_000);
        journal = Journal.open(data, "main", settings, table -> RowType.UNKNOWN, Clock.systemUTC());
        search = new JournalSearch(journal);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private Entry entry(long number, Operation operation, String table, String key, @Nullable String keyBefore) {
        return new Entry(
                number,
                table,
                operation,
                key,
                keyBefore,
                null,
                "{\"n\":" + number + "}",
                "t",
                List.of(),
                Instant.EPOCH);
    }

    /** Updates of orders 0 to 9 and customers 0 to 9 in turn. */
    private void fill(int count) {
        for (int page = 0; page < count / 100; page++) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                seq++;
                String table = seq % 2 == 0 ? "orders" : "customers";
                entries.add(entry(seq, Operation.UPDATE, table, "{\"id\":" + seq / 2 % 10 + "}", null));
            }
            journal.append(entries, Bookmark.clean(1, seq, "token"));
        }
    }

    private static List<Long> positions(Found found) {
        return found.changes().stream().map(Change::position).toList();
    }

    private static Wanted of(String table, @Nullable RowName row) {
        return new Wanted(Set.of(table), Set.of(), row);
    }

    @Test
    void pagesGoForwardsAndBackwardsOverSegments() {
        fill(1_000);
        assertEquals(List.of(499L, 500L, 501L), positions(search.after(498, Wanted.ALL, 3, LONG)));
        assertEquals(List.of(501L, 500L, 499L), positions(search.before(502, Wanted.ALL, 3, LONG)));
        List<Long> all = new ArrayList<>();
        long from = 0;
        Found found;
        do {
            found = search.after(from, Wanted.ALL, 77, LONG);
            all.addAll(positions(found));
            from = found.reached();
        } while (!found.complete());
        assertEquals(1_000, all.size());
        assertEquals(1_000, from);
        long before = Long.MAX_VALUE;
        List<Long> back = new ArrayList<>();
        do {
            found = search.before(before, Wanted.ALL, 77, LONG);
            back.addAll(positions(found));
            before = found.reached();
        } while (!found.complete());
        Collections.reverse(back);
        assertEquals(all, back);
    }

    @Test
    void anEmptyJournalHasNothing() {
        assertEquals(new Found(List.of(), 0, true), search.after(0, Wanted.ALL, 10, LONG));
        assertTrue(search.before(Long.MAX_VALUE, Wanted.ALL, 10, LONG).complete());
        assertEquals(Optional.empty(), search.at(1));
        assertEquals(Optional.empty(), search.find(new ChangeId("main", 1, 1), LONG));
    }

    @Test
    void aRowIsFoundByItsKeyToTheLetterOrByItsName() {
        fill(1_000);
        Found exact = search.after(0, of("orders", new RowName("3", "{\"id\":3}")), 1_000, LONG);
        Found named = search.after(0, of("orders", new RowName("3", null)), 1_000, LONG);
        assertEquals(50, exact.changes().size());
        assertEquals(positions(exact), positions(named));
        assertTrue(exact.complete());
        assertEquals(1_000, exact.reached(), "what it looked through needs no second look");
    }

    @Test
    void aRowsLifeHoldsChangesOfItsKeyAndTruncate() {
        journal.append(
                List.of(
                        entry(1, Operation.INSERT, "orders", "{\"id\":1}", null),
                        entry(2, Operation.UPDATE, "orders", "{\"id\":2}", "{\"id\":1}"),
                        entry(3, Operation.INSERT, "customers", "{\"id\":1}", null),
                        entry(4, Operation.TRUNCATE, "orders", "{}", null),
                        entry(5, Operation.INSERT, "orders", "{\"id\":7}", null)),
                Bookmark.clean(1, 5, "token"));
        for (String json : new String[] {"{\"id\":1}", null}) {
            assertEquals(
                    List.of(4L, 2L, 1L),
                    positions(search.before(Long.MAX_VALUE, of("orders", new RowName("1", json)), 10, LONG)));
        }
        Wanted inserts = new Wanted(Set.of(), Set.of(Operation.INSERT), null);
        assertEquals(List.of(1L, 3L, 5L), positions(search.after(0, inserts, 10, LONG)));
    }

    @Test
    void whoRunsOutOfTimeGoesOnWhereItStopped() {
        fill(1_000);
        Wanted rare = of("orders", new RowName("none", null));
        Found none = search.after(0, rare, 10, Duration.ofNanos(-1));
        assertFalse(none.complete());
        assertEquals(List.of(), none.changes());
        assertEquals(0, none.reached());
        assertTrue(search.after(none.reached(), rare, 10, LONG).complete());
    }

    @Test
    void aGapOfBillionsOfPositionsIsSteppedOver() {
        fill(100);
        journal.mark("restored", Bookmark.clean(2, 0, "token"));
        journal.append(
                List.of(entry(1, Operation.INSERT, "orders", "{\"id\":5}", null)), Bookmark.clean(2, 1, "token"));
        long last = journal.last();
        assertTrue(last > 1L << 32);
        assertEquals(List.of(99L, 100L, last), positions(search.after(98, Wanted.ALL, 10, LONG)));
        assertEquals(List.of(last, 100L), positions(search.before(Long.MAX_VALUE, Wanted.ALL, 2, LONG)));
        assertEquals(
                last,
                search.find(new ChangeId("main", 2, 1), LONG).orElseThrow().position());
        assertEquals(
                57, search.find(new ChangeId("main", 1, 57), LONG).orElseThrow().position());
    }

    @Test
    void aChangeIsFoundByItsIdWhereverALongTransactionPutIt() {
        fill(500);
        // Its sequence number was drawn early, its transaction committed late.
        journal.append(
                List.of(
                        entry(900, Operation.INSERT, "orders", "{\"id\":1}", null),
                        entry(250_000, Operation.INSERT, "orders", "{\"id\":2}", null)),
                Bookmark.clean(1, 900, "token"));
        seq = 1_000;
        fill(500);
        journal.append(
                List.of(entry(700, Operation.INSERT, "orders", "{\"id\":1}", null)), Bookmark.clean(1, 2_000, "token"));
        for (long each : new long[] {1, 250, 500, 900, 250_000, 1_001, 1_500, 700}) {
            assertEquals(
                    each,
                    search.find(new ChangeId("main", 1, each), LONG)
                            .orElseThrow()
                            .id()
                            .seq());
        }
        assertEquals(Optional.empty(), search.find(new ChangeId("main", 1, 701), LONG));
        assertEquals(Optional.empty(), search.find(new ChangeId("main", 2, 700), LONG));
    }

    @Test
    void aPageOfLargeRowsIsCutShort() {
        String large = "{\"text\":\"" + "x".repeat(1 << 20) + "\"}";
        for (int i = 1; i <= 8; i++) {
            journal.append(
                    List.of(new Entry(
                            i, "t", Operation.INSERT, "{}", null, null, large, "t", List.of(), Instant.EPOCH)),
                    Bookmark.clean(1, i, "token"));
        }
        Found page = search.after(0, Wanted.ALL, 100, LONG);
        assertFalse(page.complete());
        assertTrue(page.changes().size() < 8, page.changes().size() + " large rows");
        assertEquals(
                8,
                page.changes().size()
                        + search.after(page.reached(), Wanted.ALL, 100, LONG)
                                .changes()
                                .size());
    }
}
