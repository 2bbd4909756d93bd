package io.bactrian.subscription;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as an operator sees it.
 *
 * @param state running, paused, orphaned, stopped (its reason is in {@code lastError})
 * @param position all changes up to here are done or parked
 * @param lag changes of the journal after the position
 * @param lagSeconds age of the oldest change after the position, 0 where there is none
 */
public record SubscriptionStatus(
        String name,
        String database,
        State state,
        long position,
        long lag,
        double lagSeconds,
        long parked,
        long deadLetters,
        @Nullable String lastError,
        @Nullable Instant lastErrorAt) {

    /** Where a subscription stands. */
    public enum State {
        RUNNING,
        PAUSED,
        STOPPED,
        ORPHANED
    }
}
