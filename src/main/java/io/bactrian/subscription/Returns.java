package io.bactrian.subscription;

import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier run parked beyond the position where this one begins, by position: changes of its key come again before
 * it, so it takes its place when the journal reaches it, or the key's order would break (invariant 3). Guarded by the
 * run's lock.
 */
final class Returns {
    private final TreeMap<Long, Parked> ahead = new TreeMap<>();

    void add(Parked parked) {
        parked.positions.forEach(each -> ahead.put(each, parked));
    }

    boolean holds(long position) {
        return ahead.containsKey(position);
    }

    /** The delivery that was parked, at its first change; null at the others of a batch. */
    @Nullable
    Parked reached(long position) {
        Parked parked = ahead.remove(position);
        return parked != null && parked.position == position ? parked : null;
    }

    /** The journal was read up to here: what was parked and is no longer selected has no place to wait for. */
    void passed(long position, Consumer<Parked> placeless) {
        while (!ahead.isEmpty() && ahead.firstKey() <= position) {
            Parked parked = reached(ahead.firstKey());
            if (parked != null) {
                placeless.accept(parked);
            }
        }
    }

    int size() {
        return ahead.size();
    }
}
