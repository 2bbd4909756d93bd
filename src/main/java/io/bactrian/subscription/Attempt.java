package io.bactrian.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver a change, as it is on record.
 *
 * @param number 1 for the first
 * @param generation 0, or higher after an operator's replay
 * @param changes how many changes travelled together
 * @param error why it failed, null where it didn't
 * @param answers to the calls it made, in order
 */
public record Attempt(
        int number,
        int generation,
        Instant started,
        Duration took,
        Outcome outcome,
        int changes,
        @Nullable String error,
        List<Answer> answers) {

    /** What became of it. */
    public enum Outcome {
        DELIVERED,
        /** To be tried again by the subscription's own schedule. */
        FAILED,
        /** To be tried again when the receiver said. */
        RETRY_AT,
        GIVEN_UP,
        /** The receiver wants nothing more. */
        DISABLED;

        static Outcome of(DeliveryOutcome outcome) {
            if (outcome instanceof DeliveryOutcome.Delivered) {
                return DELIVERED;
            } else if (outcome instanceof DeliveryOutcome.RetryAt) {
                return RETRY_AT;
            } else if (outcome instanceof DeliveryOutcome.GivenUp) {
                return GIVEN_UP;
            }
            return outcome instanceof DeliveryOutcome.Disabled ? DISABLED : FAILED;
        }
    }
}
