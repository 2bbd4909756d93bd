package io.bactrian.camel.queue;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether messages are taken several at once now. After a batch that failed they are taken one by one for a while, longer
 * each time, since what spoiled it (rows that others lock too, senders of nonsense) seldom comes alone. Thread-safe.
 */
final class BatchPace {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LongSupplier clock;
    private long pause = SHORTEST_NANOS;
    private long until;

    /** @param clock nanoseconds, only compared with each other */
    BatchPace(LongSupplier clock) {
        this.clock = clock;
        this.until = clock.getAsLong();
    }

    synchronized boolean isOpen() {
        return clock.getAsLong() - until >= 0;
    }

    synchronized void failed() {
        if (isOpen()) {
            until = clock.getAsLong() + pause;
            pause = Math.min(LONGEST_NANOS, 2 * pause);
        }
    }

    synchronized void passed() {
        if (isOpen()) {
            // As seldom as it went wrong lately, so slowly is that forgotten.
            pause = Math.max(SHORTEST_NANOS, pause - pause / 16);
        }
    }
}
