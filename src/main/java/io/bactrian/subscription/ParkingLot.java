package io.bactrian.subscription;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The parked changes of a subscription in memory: who leads its keys, and when it is tried next. Those of one key are
 * tried one after another in the order in which they were parked, which is the journal's; one that waits for everything
 * (TRUNCATE) leads when it is the first of all, and all that came later wait for it. Guarded by the run's lock.
 */
final class ParkingLot {
    private final LinkedHashSet<Parked> all = new LinkedHashSet<>();
    private final Map<String, ArrayDeque<Parked>> byKey = new HashMap<>();
    private final LinkedHashSet<Parked> barriers = new LinkedHashSet<>();
    private final Set<Long> positions = new HashSet<>();
    private final TreeSet<Parked> due = new TreeSet<>(Comparator.<Parked, Instant>comparing(parked -> parked.nextTry)
            .thenComparingLong(parked -> parked.position));
    private long arrivals;
    private int failed;

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Parked changes. */
    int size() {
        return positions.size();
    }

    /** Parked deliveries that were tried in vain. */
    int failed() {
        return failed;
    }

    boolean contains(long position) {
        return positions.contains(position);
    }

    /** What a delivery with these keys has to wait behind; empty where nothing. */
    List<Parked> before(@Nullable List<String> keys) {
        if (all.isEmpty()) {
            return List.of();
        }
        if (keys == null) {
            return List.of(all.iterator().next());
        }
        if (keys.isEmpty()) {
            return List.of();
        }
        List<Parked> before = new ArrayList<>(2);
        if (!barriers.isEmpty()) {
            before.add(barriers.iterator().next());
        }
        for (String key : keys) {
            ArrayDeque<Parked> queue = byKey.get(key);
            if (queue != null) {
                before.add(queue.element());
            }
        }
        return before;
    }

    void add(Parked parked) {
        all.add(parked);
        parked.arrival = arrivals++;
        positions.addAll(parked.positions);
        count(parked);
        if (parked.keys == null) {
            barriers.add(parked);
        } else {
            for (String key : parked.keys) {
                byKey.computeIfAbsent(key, none -> new ArrayDeque<>()).add(parked);
            }
        }
        awaitIfLeading(parked);
    }

    /** These changes of a batch are dealt with; the rest of it stays where it is. */
    void shrink(Parked parked, List<Long> dealtWith) {
        parked.positions.removeAll(Set.copyOf(dealtWith));
        dealtWith.forEach(positions::remove);
    }

    /** The delivery that has waited longest for its time to come; it is being tried from now on. */
    @Nullable
    Parked take(Instant now) {
        if (due.isEmpty() || due.first().nextTry.isAfter(now)) {
            return null;
        }
        Parked parked = due.first();
        due.remove(parked);
        parked.due = false;
        parked.trying = true;
        return parked;
    }

    /** When the next try is due; null where none is. */
    @Nullable
    Instant next() {
        return due.isEmpty() ? null : due.first().nextTry;
    }

    /** It was tried in vain, or put off: tried again at {@code time}. Its attempts are counted by the caller, before. */
    void again(Parked parked, Instant time) {
        count(parked);
        parked.trying = false;
        parked.draining = false;
        parked.nextTry = time;
        parked.due = true;
        due.add(parked);
    }

    /**
     * It is done, or dead. What waited behind it and leads now is due at once.
     *
     * @param delivered whether it got through, so that those behind it most likely will
     */
    void remove(Parked parked, Instant now, boolean delivered) {
        all.remove(parked);
        parked.positions.forEach(positions::remove);
        if (parked.due) {
            due.remove(parked);
        }
        if (parked.counted) {
            failed--;
        }
        List<Parked> next = new ArrayList<>();
        if (parked.keys == null) {
            barriers.remove(parked);
            byKey.values().forEach(queue -> next.add(queue.element()));
            // In journal order nothing is queued by key.
            barriers.stream().findFirst().ifPresent(next::add);
        } else {
            for (String key : parked.keys) {
                leave(key, parked, next);
            }
            if (!barriers.isEmpty()) {
                next.add(barriers.iterator().next());
            }
        }
        for (Parked each : next) {
            if (!each.due && !each.trying && leads(each)) {
                if (each.attempts == 0) {
                    each.draining = delivered;
                    each.nextTry = now;
                }
                awaitIfLeading(each);
            }
        }
    }

    /** All that wait for a time of the schedule's are due now; what the receiver set a time for is not. */
    void pullIn(Instant now) {
        for (Parked parked : List.copyOf(due)) {
            if (!parked.named && !parked.pulledIn && parked.nextTry.isAfter(now)) {
                due.remove(parked);
                parked.pulledIn = true;
                parked.pulledInFrom = parked.nextTry;
                parked.nextTry = now;
                due.add(parked);
            }
        }
    }

    private void count(Parked parked) {
        if (parked.attempts > 0 && !parked.counted) {
            parked.counted = true;
            failed++;
        }
    }

    private void leave(String key, Parked parked, List<Parked> next) {
        ArrayDeque<Parked> queue = byKey.get(key);
        if (queue == null) {
            return;
        }
        queue.remove(parked);
        if (queue.isEmpty()) {
            byKey.remove(key);
        } else {
            next.add(queue.element());
        }
    }

    private void awaitIfLeading(Parked parked) {
        if (!parked.due && !parked.trying && leads(parked)) {
            parked.due = true;
            due.add(parked);
        }
    }

    private boolean leads(Parked parked) {
        if (parked.keys == null) {
            return all.iterator().next() == parked;
        }
        if (!barriers.isEmpty() && barriers.iterator().next().arrival < parked.arrival) {
            return false;
        }
        for (String key : parked.keys) {
            ArrayDeque<Parked> queue = byKey.get(key);
            if (queue != null && queue.element() != parked) {
                return false;
            }
        }
        return true;
    }
}
