package io.bactrian.subscription;

import java.time.Duration;

/**
 * How far a run that ends still goes: to the furthest change that it has begun. Lanes run ahead of each other; without
 * this, what the fast ones did beyond the saved position would come again after every orderly stop. Guarded by the run's
 * lock.
 */
final class Ending {
    private final Object lock;
    private final LowWater lowWater;
    private long furthest;
    private long last = Long.MAX_VALUE;
    private boolean stuck;

    Ending(Object lock, LowWater lowWater) {
        this.lock = lock;
        this.lowWater = lowWater;
    }

    /** Whether a delivery that leads its lanes may still begin; then it counts as begun. */
    boolean allows(Delivery delivery) {
        if (delivery.position > last) {
            return false;
        }
        furthest = Math.max(furthest, delivery.position);
        return true;
    }

    boolean hasBegun() {
        return last != Long.MAX_VALUE;
    }

    /** Something is done. */
    void moved() {
        if (hasBegun() && lowWater.position() >= last) {
            lock.notifyAll();
        }
    }

    /** Something waits for what won't come soon. */
    void stuck() {
        stuck = true;
        if (hasBegun()) {
            lock.notifyAll();
        }
    }

    /** Lets the slower lanes catch up, as long as they do within this time. */
    void await(Duration patience) {
        last = furthest;
        stuck = false;
        long end = System.nanoTime() + patience.toNanos();
        while (!stuck && lowWater.position() < last) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            try {
                lock.wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
