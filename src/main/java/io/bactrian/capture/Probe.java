package io.bactrian.capture;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One row of the trigger table that stands for no change: it shows that the way from there into the journal is open and
 * how long each hop takes. The collector takes it out again before it could become a change, so no subscription is told
 * and nothing of it is kept. Thread-safe.
 */
final class Probe {
    /** Its operation in the trigger table. */
    static final String OPERATION = "p";

    final String token;
    private final CompletableFuture<Probe> gone = new CompletableFuture<>();
    private volatile long committed;
    private volatile long read;
    private volatile long noted;
    private volatile long removed;

    Probe(String token) {
        this.token = token;
    }

    void committed() {
        committed = System.nanoTime();
    }

    /** Of several looks at it, the first counts. */
    void read() {
        if (read == 0) {
            read = System.nanoTime();
        }
    }

    void noted() {
        noted = System.nanoTime();
    }

    void removed() {
        removed = System.nanoTime();
        gone.complete(this);
    }

    /** Waits until it is out of the trigger table; false where that takes longer. */
    boolean awaitGone(Duration longest) {
        try {
            gone.get(longest.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From its commit until the collector had it; null where that never came. The collector may be first to know. */
    @Nullable
    Duration toCollector() {
        return between(committed, read);
    }

    /** From there until the journal's own note was on disk. */
    @Nullable
    Duration toJournal() {
        return between(read, noted);
    }

    /** From there until it was out of the trigger table, durably. */
    @Nullable
    Duration toRemoval() {
        return between(noted, removed);
    }

    private static @Nullable Duration between(long from, long to) {
        return to == 0 ? null : Duration.ofNanos(Math.max(0, to - from));
    }
}
