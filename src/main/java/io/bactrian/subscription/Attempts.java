package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls the handler and waits for none of its calls: the outcome comes from whatever thread, once, and is settled under
 * the run's lock. Thread-safe.
 */
final class Attempts {
    private final Object lock;
    private final ChangeHandler handler;
    private final Runnable settled;
    private final Consumer<Throwable> broke;
    private int inFlight;
    private boolean closed;
    private boolean abandoned;

    /**
     * @param settled called under the lock after each outcome
     * @param broke called where settling threw, which it should not
     */
    Attempts(Object lock, ChangeHandler handler, Runnable settled, Consumer<Throwable> broke) {
        this.lock = lock;
        this.handler = handler;
        this.settled = settled;
        this.broke = broke;
    }

    /** Makes one attempt; {@code settle} is called under the lock. */
    void make(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> settle) {
        Call call = new Call(settle);
        synchronized (lock) {
            if (closed) {
                return;
            }
            inFlight++;
        }
        try {
            handler.handle(changes, attempt, generation, call);
        } catch (Throwable e) {
            // Also an Error: a route whose classes don't fit together fails its changes, not the platform.
            call.accept(new DeliveryOutcome.Failed(e));
        }
    }

    /** Waits until nothing is in flight; false where that takes too long or the thread is interrupted. Under the lock. */
    boolean drain(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (inFlight > 0) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            try {
                lock.wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** No attempt is made from now on. Under the lock. */
    void close() {
        closed = true;
    }

    /** From now on outcomes are ignored, as after a crash. Under the lock. */
    void abandon() {
        closed = true;
        abandoned = true;
    }

    int inFlight() {
        return inFlight;
    }

    private final class Call implements Consumer<DeliveryOutcome> {
        private final Consumer<DeliveryOutcome> settle;
        private boolean called;

        Call(Consumer<DeliveryOutcome> settle) {
            this.settle = settle;
        }

        @Override
        public void accept(DeliveryOutcome outcome) {
            synchronized (lock) {
                if (called) {
                    return;
                }
                called = true;
                inFlight--;
                if (!abandoned) {
                    settle(outcome);
                }
                if (inFlight == 0) {
                    lock.notifyAll();
                }
            }
        }

        private void settle(DeliveryOutcome outcome) {
            try {
                settle.accept(outcome);
                settled.run();
            } catch (RuntimeException | Error e) {
                broke.accept(e);
            }
        }
    }
}
