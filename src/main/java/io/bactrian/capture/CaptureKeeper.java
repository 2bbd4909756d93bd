package io.bactrian.capture;

import io.bactrian.database.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one database captured: makes the triggers ready (installs or verifies, as the settings say), again and again
 * until it succeeds, lets the collector work, and looks at the state of it all now and then, so that whoever asks need
 * not wait for the database. On a thread of its own; public methods may be called from any.
 */
public final class CaptureKeeper implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(CaptureKeeper.class);

    private final String database;
    private final Capture capture;
    private final Collector collector;
    private final DriftWatch drift;
    private final Thread thread;
    private final Semaphore closing = new Semaphore(0);
    private final CountDownLatch looked = new CountDownLatch(1);
    private volatile @Nullable CaptureStatus status;
    private volatile boolean sound;

    public CaptureKeeper(String database, Capture capture, Collector collector) {
        this.database = database;
        this.capture = capture;
        this.collector = collector;
        this.drift = new DriftWatch(capture);
        this.thread = new Thread(this::run, "capture-" + database);
    }

    public String database() {
        return database;
    }

    /** Whether anything is to be captured here. */
    public boolean captures() {
        return capture.settings().captures();
    }

    /** Whether a table, by its name in the catalog, is one that the settings name. */
    public boolean isCaptured(String table) {
        return capture.settings().tables().contains(table)
                || capture.settings().tables().contains("*");
    }

    /** Begins; returns at once. */
    public void start() {
        thread.start();
    }

    /** Waits until the database was looked at (and, where that is due, capture installed) once, but no longer than this. */
    public void awaitFirstLook(Duration longest) {
        try {
            if (!looked.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("Database '{}' takes its time; the start goes on without it", database);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The state when it was last looked at; empty before the first look. */
    public Optional<CaptureStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Why the triggers aren't as they should be, with the remedy; empty while they are. */
    public Optional<String> trouble() {
        return drift.problem();
    }

    /** The install side, for whoever may wait for the database. */
    public Capture capture() {
        return capture;
    }

    /** Tries the way of a change through this database. */
    public Simulation simulation(Database of) {
        return new Simulation(of, capture, collector);
    }

    public CollectorStatus collector() {
        return collector.status();
    }

    private void run() {
        try {
            sound = keep();
            if (captures()) {
                collector.start();
            }
            looked.countDown();
            while (!closing.tryAcquire((sound ? NOW_AND_THEN : SOON).toMillis(), TimeUnit.MILLISECONDS)) {
                sound = keep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all is as it should be now. */
    private boolean keep() {
        if (captures()) {
            drift.run();
        }
        try {
            CaptureStatus seen = capture.status();
            status = seen;
            return drift.problem().isEmpty() && seen.error() == null;
        } catch (RuntimeException e) {
            // This thread must outlive what nobody foresaw: the next look may be fine.
            LOG.error("The state of capture in database '{}' can't be read", database, e);
            return false;
        }
    }

    /** Stops the collector, the page under way finished, and itself. */
    @Override
    public void close() {
        closing.release();
        // It may be waiting for a database that doesn't answer.
        thread.interrupt();
        collector.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
