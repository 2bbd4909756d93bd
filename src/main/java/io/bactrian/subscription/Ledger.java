package io.bactrian.subscription;

import io.bactrian.store.SubscriptionTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what a subscription does, strictly in order, each group in one transaction with the position that it
 * allows (invariants 4 and 7): on disk is always what was so at one moment. Changes wait for none of it: a crash takes
 * the subscription back to such a moment, and what came after comes again in the same order. Guarded by the run's lock.
 */
final class Ledger {
    /** One entry; may be written twice where the outcome of the first time is not known. */
    @FunctionalInterface
    interface Entry {
        void write(Connection connection) throws SQLException;
    }

    private record Noted(Entry entry, Runnable written) {}

    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final Duration BETWEEN_POSITIONS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final Object lock;
    private final Shared shared;
    private final String name;
    private final LowWater lowWater;
    private List<Noted> noted = new ArrayList<>();
    private long written;
    private boolean writing;
    private boolean armed;
    private boolean failing;
    private boolean closed;

    Ledger(Object lock, Shared shared, String name, LowWater lowWater) {
        this.lock = lock;
        this.shared = shared;
        this.name = name;
        this.lowWater = lowWater;
        this.written = lowWater.position();
    }

    /** @param whenWritten called under the lock once the entry is on disk; must not block */
    void note(Entry entry, Runnable whenWritten) {
        noted.add(new Noted(entry, whenWritten));
    }

    void note(Entry entry) {
        note(entry, () -> {});
    }

    /** Writes what was noted; the position alone within a second. */
    void proceed() {
        if (!noted.isEmpty()) {
            write();
        } else if (!armed && !writing && lowWater.position() != written) {
            arm(BETWEEN_POSITIONS);
        }
    }

    /** Writes everything there is, at once. */
    void write() {
        if (writing || closed || (failing && armed)) {
            return;
        }
        long position = lowWater.position();
        List<Noted> entries = noted;
        if (entries.isEmpty() && position == written) {
            lock.notifyAll();
            return;
        }
        noted = new ArrayList<>();
        writing = true;
        CompletableFuture<Boolean> unused = shared.store()
                .<Boolean>write(connection -> {
                    for (Noted each : entries) {
                        each.entry().write(connection);
                    }
                    SubscriptionTable.setPosition(connection, name, position);
                    return true;
                })
                .whenComplete((done, failure) -> {
                    synchronized (lock) {
                        if (failure == null) {
                            succeeded(entries, position);
                        } else {
                            failed(entries, failure);
                        }
                    }
                });
    }

    /** Writes everything and waits for it; false where that fails or takes too long. */
    boolean finish(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        write();
        while (writing || !noted.isEmpty() || lowWater.position() != written) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || closed) {
                return false;
            }
            try {
                lock.wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            write();
        }
        return true;
    }

    /** From now on nothing is written. */
    void close() {
        closed = true;
    }

    private void succeeded(List<Noted> entries, long position) {
        writing = false;
        written = position;
        if (failing) {
            failing = false;
            LOG.info("{}: the store takes writes again", name);
        }
        for (Noted each : entries) {
            each.written().run();
        }
        proceed();
        lock.notifyAll();
    }

    private void failed(List<Noted> entries, Throwable failure) {
        writing = false;
        List<Noted> again = new ArrayList<>(entries);
        again.addAll(noted);
        noted = again;
        if (!failing && !closed) {
            failing = true;
            LOG.error("{}: its place can't be saved, tried again each second: {}", name, failure.getMessage());
        }
        arm(BETWEEN_TRIES);
        lock.notifyAll();
    }

    private void arm(Duration delay) {
        if (armed || closed) {
            return;
        }
        armed = shared.after(delay, this::due);
    }

    private void due() {
        synchronized (lock) {
            armed = false;
            write();
        }
    }
}
