package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps order (invariant 3): a delivery may go when it is the first in each of its lanes. A key has one lane; a change of
 * the key takes the old key's and the new key's, TRUNCATE all of them. Where no order is asked for, any free lane will
 * do. Guarded by the run's lock.
 */
final class Lanes {
    private static final int[] ANY = {};

    private final SubscriptionSettings.Ordering ordering;
    private final List<ArrayDeque<Delivery>> queues = new ArrayList<>();
    private final int[][] single;
    private final int[] all;
    /** For deliveries that may take any lane. */
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();

    private int free;

    Lanes(SubscriptionSettings.Ordering ordering, int lanes) {
        int count = ordering == SubscriptionSettings.Ordering.JOURNAL ? 1 : lanes;
        this.ordering = ordering;
        this.free = count;
        this.single = new int[count][];
        this.all = new int[count];
        for (int lane = 0; lane < count; lane++) {
            single[lane] = new int[] {lane};
            all[lane] = lane;
            queues.add(new ArrayDeque<>());
        }
    }

    /** The lanes that a change must lead. */
    int[] of(Change change) {
        if (ordering == SubscriptionSettings.Ordering.NONE) {
            return ANY;
        }
        return of(change.table(), change.operation(), change.keyJson(), change.keyBeforeJson());
    }

    private int[] of(String table, Operation operation, String key, @Nullable String before) {
        if (operation == Operation.TRUNCATE) {
            return all;
        }
        int lane = lane(table, key);
        int other = before == null ? lane : lane(table, before);
        return lane == other ? single[lane] : new int[] {lane, other};
    }

    private int lane(String table, String key) {
        int hash = 31 * table.hashCode() + key.hashCode();
        // Keys that count up differ in the last characters only: spread them.
        return Math.floorMod(hash * 0x9E3779B9 >>> 8, single.length);
    }

    /** Puts a delivery at the end of its lanes; says whether it leads them all. */
    boolean add(Delivery delivery) {
        if (delivery.lanes.length == 0) {
            if (free > 0) {
                free--;
                return true;
            }
            waiting.add(delivery);
            return false;
        }
        for (int lane : delivery.lanes) {
            ArrayDeque<Delivery> queue = queues.get(lane);
            if (!queue.isEmpty()) {
                delivery.behind++;
            }
            queue.add(delivery);
        }
        return delivery.behind == 0;
    }

    /** Takes a delivery that leads its lanes out of them; those that lead theirs now are added to {@code leaders}. */
    void leave(Delivery delivery, Queue<Delivery> leaders) {
        if (delivery.lanes.length == 0) {
            Delivery next = waiting.poll();
            if (next == null) {
                free++;
            } else {
                leaders.add(next);
            }
            return;
        }
        for (int lane : delivery.lanes) {
            ArrayDeque<Delivery> queue = queues.get(lane);
            Delivery first = queue.poll();
            assert first == delivery : "Only a leader leaves";
            Delivery next = queue.peek();
            if (next != null && --next.behind == 0) {
                leaders.add(next);
            }
        }
    }
}
