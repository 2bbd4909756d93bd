package io.bactrian.capture;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.Database;
import io.bactrian.database.SeqRun;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSettings;
import io.bactrian.store.EpochTable;
import io.bactrian.store.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A store, a journal and a collector on a user database. */
final class CollectorRig implements AutoCloseable {
    final Store store;
    final Journal journal;
    final Database database;
    final Collector collector;
    private final CapturedDatabase user;
    private final List<Change> read = new ArrayList<>();

    CollectorRig(Path data, CapturedDatabase user) {
        this.user = user;
        store = Store.open(data);
        database = Database.open(user.settings());
        journal = Journal.open(
                data,
                "main",
                JournalSettings.of(Duration.ofDays(7), 10L << 30),
                database.catalog()::rowType,
                Clock.systemUTC());
        collector = new Collector(database, journal, store, Clock.systemUTC());
    }

    void start() {
        collector.start();
    }

    CollectorStatus status() {
        return collector.status();
    }

    /** All changes that the journal holds, in order. */
    synchronized List<Change> changes() {
        long position = read.isEmpty() ? 0 : read.get(read.size() - 1).position();
        for (List<Change> page = journal.read(position, 5_000); !page.isEmpty(); page = journal.read(position, 5_000)) {
            read.addAll(page);
            position = page.get(page.size() - 1).position();
        }
        return List.copyOf(read);
    }

    List<String> keys() {
        return changes().stream().map(Change::keyJson).toList();
    }

    void awaitChanges(long count) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertTrue(
                        changes().size() >= count, () -> changes().size() + " of " + count + ", " + status()));
    }

    void awaitState(CollectorStatus.State state) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertEquals(state, status().state(), () -> status().toString()));
    }

    void awaitEmptied(CapturedDatabase user) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertEquals(0, user.waiting()));
    }

    /** What a collector has done when it dies just before it removes the first page. */
    void appendWithoutRemoving() throws SQLException {
        try (CollectorSession session = database.dialect().collecting().open(user.settings())) {
            append(session);
        }
    }

    /** What a collector has done when it dies just after it has removed the first page. */
    void appendAndRemoveWithoutConfirming() throws SQLException {
        try (CollectorSession session = database.dialect().collecting().open(user.settings())) {
            List<Entry> page = append(session);
            Bookmark now = journal.bookmark().orElseThrow();
            if (now.pendingToken() == null) {
                now = new Bookmark(now.epoch(), now.seq(), now.token(), "next", now.pendingFrom(), now.pendingTo());
                journal.note(now);
            }
            session.remove(
                    SeqRun.of(page.stream().map(Entry::seq).toList()),
                    store.id(),
                    now.token(),
                    String.valueOf(now.pendingToken()));
        }
    }

    private List<Entry> append(CollectorSession session) throws SQLException {
        Bookmark mark = new Handshake(store.id(), journal, new EpochTable(store)).shake(session);
        List<Entry> page = new Entries().of(session.read(0, 5_000));
        boolean each = session.removal() == CollectorSession.Removal.WITH_EACH_PAGE;
        journal.append(
                page,
                new Bookmark(
                        mark.epoch(),
                        page.get(page.size() - 1).seq(),
                        mark.token(),
                        each ? "next" : null,
                        1,
                        page.size()));
        return page;
    }

    @Override
    public void close() {
        collector.close();
        journal.close();
        store.close();
        database.close();
    }
}
