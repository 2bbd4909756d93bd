package io.bactrian.capture;

import io.bactrian.capture.CollectorStatus.State;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.Database;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalException;
import io.bactrian.store.EpochTable;
import io.bactrian.store.Store;
import io.bactrian.store.StoreException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Moves one database's changes from the trigger table into the journal, on a thread of its own, as long as it is open.
 *
 * <p>Nothing committed is skipped and nothing is doubled, whatever fails in between (invariants 1, 2, 14). What hinders
 * it is in the {@link #status()}, is logged when it begins and when it ends, and is tried again with growing pauses; the
 * user's writes go on meanwhile. Public methods may be called from any thread.
 */
public final class Collector implements AutoCloseable {
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Database database;
    private final Journal journal;
    private final Store store;
    private final Handshake handshake;
    private final CollectorCondition condition;
    private final Probes probes = new Probes();
    private final Thread thread;
    private final Semaphore pause = new Semaphore(0);
    private volatile boolean stopping;
    private volatile @Nullable CollectorSession session;
    private volatile String owner = "";
    private volatile long backlog;
    private long nextCheck;
    private long nextRetain;
    private long pauseMillis = SHORTEST_PAUSE_MILLIS;

    public Collector(Database database, Journal journal, Store store, Clock clock) {
        this.database = database;
        this.journal = journal;
        this.store = store;
        this.handshake = new Handshake(store.id(), journal, new EpochTable(store));
        this.condition = new CollectorCondition(database.name(), clock);
        this.thread = new Thread(this::run, "collector-" + database.name());
    }

    /** Begins to collect; returns at once, also where the database can't be reached. At most once. */
    public void start() {
        condition.starting();
        thread.start();
    }

    /** Tells it that this process has just committed to the database; a hint, never needed. */
    public void wake() {
        CollectorSession open = session;
        if (open != null) {
            open.wake();
        }
    }

    /** Those that it looks out for. */
    Probes probes() {
        return probes;
    }

    public CollectorStatus status() {
        CollectorCondition.Now now = condition.now();
        return new CollectorStatus(
                database.name(),
                now.state(),
                now.since(),
                owner,
                journal.bookmark().map(Bookmark::epoch).orElse(0L),
                backlog,
                journal.lastCollected().orElse(null),
                journal.last(),
                now.error(),
                journal.gaps());
    }

    /** Finishes the page under way and ends the thread. Closing twice, or what was never started, does nothing. */
    @Override
    public void close() {
        stopping = true;
        pause.release();
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // The page under way takes a moment; the flag is kept for the caller.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        condition.stopped();
    }

    private void run() {
        while (!stopping) {
            try (CollectorSession open = database.dialect().collecting().open(database.settings())) {
                session = open;
                collect(open);
            } catch (CollectorRefusal e) {
                condition.trouble(e.state(), Objects.requireNonNull(e.getMessage()), null);
            } catch (JournalException | StoreException e) {
                condition.trouble(State.STALLED, inWords(e), null);
            } catch (SQLException e) {
                condition.trouble(State.DISCONNECTED, String.valueOf(e.getMessage()), null);
            } catch (InterruptedException e) {
                stopping = true;
            } catch (RuntimeException | Error e) {
                // Out of memory, too: a collector that ended unseen would be worse.
                condition.trouble(State.STALLED, e.toString(), e);
            } finally {
                session = null;
            }
            pause();
        }
    }

    private void collect(CollectorSession open) throws SQLException, InterruptedException {
        open.meta().ifPresent(meta -> owner = meta.owner());
        CollectorRun run = new CollectorRun(open, journal, store.id(), handshake.shake(open), probes);
        owner = store.id();
        boolean agreed = true;
        while (!stopping && agreed) {
            int rows = run.move();
            agreed = rows >= 0;
            if (agreed) {
                // Only now: a condition that ends in the first page hasn't ended.
                condition.collecting();
                pauseMillis = SHORTEST_PAUSE_MILLIS;
                agreed = lookAround(run, open, rows) && run.tidy(false);
            }
            if (agreed && rows < CollectorSession.MANY && !stopping) {
                open.await();
            }
        }
        if (agreed) {
            agreed = run.tidy(true);
        }
    }

    /** What is due now and then. */
    private boolean lookAround(CollectorRun run, CollectorSession open, int rows) throws SQLException {
        long now = System.nanoTime();
        if (rows < CollectorSession.MANY) {
            backlog = 0;
        }
        if (now - nextRetain >= 0) {
            nextRetain = now + RETAIN_NANOS;
            journal.retain();
        }
        if (now - nextCheck < 0) {
            return true;
        }
        nextCheck = now + CHECK_NANOS;
        if (rows >= CollectorSession.MANY) {
            backlog = open.backlog(run.mark().seq());
        }
        return run.holds();
    }

    private static String inWords(RuntimeException e) {
        return e instanceof JournalException journal && journal.saysDiskFull()
                ? "the disk is full: free some space; " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    private void pause() {
        try {
            if (!stopping && pause.tryAcquire(pauseMillis, TimeUnit.MILLISECONDS)) {
                pause.drainPermits();
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
    }
}
