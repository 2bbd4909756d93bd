package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The position up to which every change is done or parked (invariant 4). Guarded by the run's lock. */
final class LowWater {
    /** In position order; the first is never done. */
    private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();

    private long readTo;
    private int unfinished;

    LowWater(long position) {
        readTo = position;
    }

    void add(Delivery delivery) {
        deliveries.add(delivery);
        unfinished++;
    }

    /** Adds a change to a delivery that was added before. */
    void grow(Delivery delivery, Change change) {
        delivery.add(change);
        unfinished++;
    }

    /** Everything up to here was added, or is none of ours. */
    void read(long position) {
        readTo = position;
    }

    void done(Delivery delivery) {
        unfinished -= delivery.changes().size();
        delivery.finish();
        while (!deliveries.isEmpty() && deliveries.peek().done) {
            deliveries.poll();
        }
    }

    long position() {
        Delivery first = deliveries.peek();
        return first == null ? readTo : first.position - 1;
    }

    @Nullable
    Delivery first() {
        return deliveries.peek();
    }

    /** Changes that are not done. */
    int unfinished() {
        return unfinished;
    }

    /** Deliveries kept in memory, the done ones that wait for a lower position among them. */
    int span() {
        return deliveries.size();
    }
}
