package io.bactrian.subscription;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one change went, or goes, by one subscription.
 *
 * @param reason why it was dropped; null in every other state
 * @param text the same in words, for an operator
 * @param ahead changes that its subscription must get past first, where it is waiting
 * @param until when it is tried next, where it is parked and leads its key; else null
 * @param error of the last failed attempt, or null
 * @param deadLetter the dead letter's id, or null
 * @param attempts those on record, the first first
 */
public record Way(
        String subscription,
        State state,
        @Nullable Reason reason,
        String text,
        long ahead,
        @Nullable Instant until,
        @Nullable String error,
        @Nullable Long deadLetter,
        List<Attempt> attempts) {

    /** What became of the change. */
    public enum State {
        /** Not told, for a reason. */
        DROPPED,
        /** The subscription hasn't come to it. */
        WAITING,
        /** Being tried, or in its quick tries. */
        IN_FLIGHT,
        DELIVERED,
        /** It failed, or is behind one of its key that did, and is tried again. */
        PARKED,
        /** A dead letter. */
        DEAD,
        /** It was a dead letter, and someone discarded it. */
        DISCARDED,
        /** An operator set the subscription on to a later position. */
        SKIPPED,
        /** The subscription is past it, and no attempt is on record any more. */
        PASSED
    }

    /** Why a change is not told. */
    public enum Reason {
        /** The subscription hears of other tables. */
        TABLE,
        OPERATION,
        /** The party that the subscription listens for made it (invariant 10). */
        ECHO,
        /** None of the columns that the subscription watches changed. */
        COLUMN,
        /** The subscription began after it. */
        BEFORE_START
    }
}
