package io.bactrian.capture;

import io.bactrian.capture.CollectorStatus.State;
import io.bactrian.change.Change;
import io.bactrian.database.CapturedRow;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.CollectorSession.Meta;
import io.bactrian.database.CollectorSession.Removal;
import io.bactrian.database.CollectorSession.Removed;
import io.bactrian.database.SeqRun;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Journal;
import io.bactrian.store.EpochTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database and its journal together before collecting begins: who owns the database, whether both remember the
 * same, and what became of the page that was under way (invariants 14 and 15).
 *
 * <p>The journal knows the token that the database must hold, and the one that it holds if the pending page's removal
 * was committed. Any other token means that one side was restored or replaced: a new epoch begins and the gap is marked.
 * Each step is written to the journal before it is written to the database, so a crash between any two is repaired by
 * the next handshake.
 */
final class Handshake {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
    private static final int PAGE = 5_000;
    private static final String LOSS =
            "the database has lost changes that were collected (a crash without synchronous commit, or a backup)";

    private final String owner;
    private final Journal journal;
    private final EpochTable epochs;
    private final Entries entries = new Entries();

    Handshake(String owner, Journal journal, EpochTable epochs) {
        this.owner = owner;
        this.journal = journal;
        this.epochs = epochs;
    }

    /** A token that was never used before. */
    static String newToken() {
        return UUID.randomUUID().toString();
    }

    /**
     * The bookmark to go on from.
     *
     * @throws CollectorRefusal where this store may not collect
     */
    Bookmark shake(CollectorSession session) throws SQLException {
        Meta meta = claimed(session);
        Bookmark known = journal.bookmark().orElse(null);
        if (known == null) {
            return meta.token().isEmpty()
                    ? begin(session, meta, 0)
                    : beginAfterGap(session, meta, 0, "this store has no memory of what was collected before");
        }
        if (meta.token().equals(known.pendingToken())) {
            Bookmark confirmed = Bookmark.clean(known.epoch(), known.seq(), meta.token());
            return meta.epoch() == known.epoch() ? confirmed : renew(session, meta, confirmed);
        }
        if (!meta.token().equals(known.token())) {
            return beginAfterGap(
                    session,
                    meta,
                    known.epoch(),
                    meta.token().isEmpty()
                            ? "capture was installed anew"
                            : "the database, or this store, was restored from a backup or replaced");
        }
        if (known.hasPendingPage()) {
            return finishPendingPage(session, meta, known);
        }
        return meta.epoch() == known.epoch() ? known : renew(session, meta, known);
    }

    private Meta claimed(CollectorSession session) throws SQLException {
        Meta meta = installed(session);
        if (meta.owner().isEmpty() && session.claim(owner)) {
            LOG.info("This store now collects database '{}'", journal.database());
        }
        meta = installed(session);
        if (!meta.owner().equals(owner)) {
            throw new CollectorRefusal(
                    State.REFUSED,
                    "it belongs to another store (" + meta.owner() + "); where that one is gone for good, run"
                            + " ./bactrian capture takeover --database " + journal.database());
        }
        if (!session.takeTurn()) {
            throw new CollectorRefusal(
                    State.REFUSED,
                    "another process is collecting it with a copy of this store (" + owner + "): stop that one first");
        }
        return meta;
    }

    private Meta installed(CollectorSession session) throws SQLException {
        return session.meta()
                .orElseThrow(() -> new CollectorRefusal(
                        State.NOT_INSTALLED,
                        "it has no triggers of ours; run ./bactrian capture install --database " + journal.database()));
    }

    /** The same rows as the journal's were never removed; rows that are gone or different were lost by the database. */
    private Bookmark finishPendingPage(CollectorSession session, Meta meta, Bookmark known) throws SQLException {
        boolean each = session.removal() == Removal.WITH_EACH_PAGE;
        // Where rows are removed when idle, commits are in the order of seq: the last one stands for all.
        long from = each ? known.pendingFrom() : known.pendingTo();
        List<Long> found = new ArrayList<>();
        int pending = 0;
        for (List<Change> page = journal.read(from - 1, PAGE);
                !page.isEmpty();
                page = journal.read(page.get(page.size() - 1).position(), PAGE)) {
            pending += page.size();
            found.addAll(unchanged(session, page));
        }
        if (found.size() < pending) {
            return beginAfterLoss(session, meta, known, each ? found : List.of());
        }
        if (!each) {
            return meta.epoch() == known.epoch() ? known : renew(session, meta, known);
        }
        String next = known.pendingToken() == null ? newToken() : known.pendingToken();
        remove(session, found, meta.token(), next);
        return Bookmark.clean(known.epoch(), known.seq(), next);
    }

    private List<Long> unchanged(CollectorSession session, List<Change> page) throws SQLException {
        Map<Long, CapturedRow> rows = new HashMap<>();
        for (CapturedRow row :
                session.read(page.stream().map(change -> change.id().seq()).toList())) {
            rows.put(row.seq(), row);
        }
        List<Long> unchanged = new ArrayList<>();
        for (Change change : page) {
            CapturedRow row = rows.get(change.id().seq());
            if (row != null && entries.of(row).equals(Entries.of(change))) {
                unchanged.add(row.seq());
            }
        }
        return unchanged;
    }

    private Bookmark begin(CollectorSession session, Meta meta, long known) throws SQLException {
        long epoch = epochs.issue(journal.database(), Math.max(meta.epoch(), known));
        return renew(session, meta, Bookmark.clean(epoch, 0, meta.token()));
    }

    private Bookmark beginAfterGap(CollectorSession session, Meta meta, long known, String reason) throws SQLException {
        long epoch = epochs.issue(journal.database(), Math.max(meta.epoch(), known));
        Bookmark next = Bookmark.clean(epoch, 0, meta.token());
        mark(reason, next);
        return renew(session, meta, next);
    }

    private Bookmark beginAfterLoss(CollectorSession session, Meta meta, Bookmark known, List<Long> kept)
            throws SQLException {
        if (kept.isEmpty()) {
            return beginAfterGap(session, meta, known.epoch(), LOSS);
        }
        long epoch = epochs.issue(journal.database(), Math.max(meta.epoch(), known.epoch()));
        String next = newToken();
        // The pending page stays noted until what is left of it was removed.
        mark(LOSS, new Bookmark(epoch, 0, meta.token(), next, known.pendingFrom(), known.pendingTo()));
        remove(session, kept, meta.token(), next);
        Meta after = new Meta(meta.owner(), meta.epoch(), next);
        return renew(session, after, Bookmark.clean(epoch, 0, next));
    }

    private void mark(String reason, Bookmark bookmark) {
        journal.mark(reason, bookmark);
        LOG.error(
                "Gap in the journal of '{}': {}. Changes may be missing; epoch {} begins. Compare receivers with the"
                        + " tables where that matters",
                journal.database(),
                reason,
                bookmark.epoch());
    }

    /** Writes epoch and a fresh token to the database; on both sides or, after a crash, found out by the tokens. */
    private Bookmark renew(CollectorSession session, Meta meta, Bookmark bookmark) throws SQLException {
        String next = newToken();
        Bookmark noted = new Bookmark(
                bookmark.epoch(), bookmark.seq(), meta.token(), next, bookmark.pendingFrom(), bookmark.pendingTo());
        journal.note(noted);
        if (!session.begin(owner, meta.token(), bookmark.epoch(), next)) {
            throw changedMeanwhile();
        }
        return new Bookmark(bookmark.epoch(), bookmark.seq(), next, null, bookmark.pendingFrom(), bookmark.pendingTo());
    }

    private void remove(CollectorSession session, List<Long> seqs, String token, String next) throws SQLException {
        if (session.remove(SeqRun.of(seqs), owner, token, next) != Removed.DONE) {
            throw changedMeanwhile();
        }
    }

    private CollectorRefusal changedMeanwhile() {
        return new CollectorRefusal(State.REFUSED, "its owner changed just now");
    }
}
