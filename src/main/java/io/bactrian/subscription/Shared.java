package io.bactrian.subscription;

import io.bactrian.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What all subscriptions share.
 *
 * @param threads made as they are needed, so that a handler that keeps one takes none from others (invariant 6)
 * @param timer one thread; what runs on it never blocks
 */
record Shared(Store store, ExecutorService threads, ScheduledExecutorService timer, Clock clock) {
    /** Runs it on the timer's thread after a delay; false where the process ends. */
    boolean after(Duration delay, Runnable work) {
        try {
            ScheduledFuture<?> unused = timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs it on a thread of its own; false where the process ends. */
    boolean apart(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
