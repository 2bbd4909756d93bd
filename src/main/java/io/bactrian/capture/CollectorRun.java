package io.bactrian.capture;

import io.bactrian.database.CapturedRow;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.CollectorSession.Removal;
import io.bactrian.database.CollectorSession.Removed;
import io.bactrian.database.SeqRun;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Moves pages from one session's trigger table into the journal, from a handshake until something fails or changes
 * hands. For the collector's thread.
 */
final class CollectorRun {
    static final int PAGE = 5_000;
    /** Rows that were collected are removed, where that disturbs writers, after a pause as long as this. */
    private static final long IDLE_NANOS = 1_000_000_000L;
    /** Beyond so many they are removed even though the writers don't pause. */
    private static final long MANY_COLLECTED = 50_000;

    private final CollectorSession session;
    private final Journal journal;
    private final String owner;
    private final Probes probes;
    private final Entries entries = new Entries();
    private final boolean removesEachPage;
    /** Probes that couldn't be taken out at once, by sequence number. */
    private final NavigableMap<Long, CapturedRow> passed = new TreeMap<>();

    private volatile Bookmark mark;
    /** A crash may have left collected rows behind without a pending page. */
    private boolean leftovers = true;

    private long lastRow = System.nanoTime();
    private long lastTry = lastRow;

    CollectorRun(CollectorSession session, Journal journal, String owner, Bookmark mark, Probes probes) {
        this.session = session;
        this.journal = journal;
        this.owner = owner;
        this.mark = mark;
        this.probes = probes;
        this.removesEachPage = session.removal() == Removal.WITH_EACH_PAGE;
    }

    Bookmark mark() {
        return mark;
    }

    /** Whether database and journal still agree; where not, a handshake says why. */
    boolean holds() throws SQLException {
        Bookmark now = mark;
        return session.meta()
                .filter(meta -> meta.owner().equals(owner) && meta.token().equals(now.token()))
                .isPresent();
    }

    /**
     * Moves one page.
     *
     * @return how many rows it had; -1 where the database has changed hands, and a handshake is due
     */
    int move() throws SQLException {
        List<CapturedRow> rows = session.read(mark.seq(), PAGE);
        int leading = Probes.leading(rows);
        if (leading > 0 && !takeOut(rows.subList(0, leading))) {
            return -1;
        }
        // A page ends before a probe: its last row must be one that the journal holds.
        List<CapturedRow> page = Probes.untilProbe(rows.subList(leading, rows.size()));
        if (page.isEmpty()) {
            return leading;
        }
        lastRow = System.nanoTime();
        return (removesEachPage ? moveAndRemove(page) : moveOn(page)) ? rows.size() : -1;
    }

    /**
     * Removes probes without collecting them. The bookmark's sequence number stays: should the database lose the probe's
     * commit in a crash, it gives that number to a change.
     *
     * @return false where the database has changed hands
     */
    private boolean takeOut(List<CapturedRow> rows) throws SQLException {
        probes.tell(rows, Probe::read);
        Bookmark before = mark;
        String next = Handshake.newToken();
        journal.note(new Bookmark(
                before.epoch(), before.seq(), before.token(), next, before.pendingFrom(), before.pendingTo()));
        probes.tell(rows, Probe::noted);
        List<SeqRun> runs = SeqRun.of(rows.stream().map(CapturedRow::seq).toList());
        Removed removed = session.remove(runs, owner, before.token(), next);
        if (removed == Removed.DONE) {
            mark = new Bookmark(before.epoch(), before.seq(), next, null, before.pendingFrom(), before.pendingTo());
            probes.tell(rows, Probe::removed);
        } else {
            // Others write: what follows is collected, and these go with it.
            rows.forEach(row -> passed.put(row.seq(), row));
        }
        return removed != Removed.REFUSED;
    }

    /**
     * Removes what was collected, where that waits for a pause.
     *
     * @return false where the database has changed hands
     */
    boolean tidy(boolean stopping) throws SQLException {
        if (removesEachPage || !(mark.hasPendingPage() || leftovers)) {
            return true;
        }
        long now = System.nanoTime();
        boolean due = now - lastRow > IDLE_NANOS || mark.pendingTo() - mark.pendingFrom() > MANY_COLLECTED;
        if (!stopping && (!due || now - lastTry < IDLE_NANOS / 10)) {
            return true;
        }
        lastTry = now;
        Bookmark before = mark;
        String next = Handshake.newToken();
        journal.note(new Bookmark(
                before.epoch(), before.seq(), before.token(), next, before.pendingFrom(), before.pendingTo()));
        Removed removed = session.remove(List.of(new SeqRun(1, before.seq())), owner, before.token(), next);
        if (removed == Removed.DONE) {
            mark = Bookmark.clean(before.epoch(), before.seq(), next);
            leftovers = false;
            Map<Long, CapturedRow> gone = passed.headMap(before.seq(), true);
            probes.tell(gone.values(), Probe::removed);
            gone.clear();
        }
        return removed != Removed.REFUSED;
    }

    /** Journal before delete (invariant 14). */
    private boolean moveAndRemove(List<CapturedRow> rows) throws SQLException {
        List<Entry> page = entries.of(rows);
        Bookmark before = mark;
        String next = Handshake.newToken();
        long from = journal.last() + 1;
        long seq = Math.max(before.seq(), page.get(page.size() - 1).seq());
        journal.append(page, new Bookmark(before.epoch(), seq, before.token(), next, from, from + page.size() - 1));
        List<SeqRun> runs = SeqRun.of(page.stream().map(Entry::seq).toList());
        if (session.remove(runs, owner, before.token(), next) != Removed.DONE) {
            return false;
        }
        mark = Bookmark.clean(before.epoch(), seq, next);
        return true;
    }

    private boolean moveOn(List<CapturedRow> rows) {
        List<Entry> page = entries.of(rows);
        Bookmark before = mark;
        long from = journal.last() + 1;
        Bookmark after = new Bookmark(
                before.epoch(),
                page.get(page.size() - 1).seq(),
                before.token(),
                null,
                before.hasPendingPage() ? before.pendingFrom() : from,
                from + page.size() - 1);
        journal.append(page, after);
        mark = after;
        return true;
    }
}
