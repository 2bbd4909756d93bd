package io.bactrian.subscription;

import java.time.Instant;

/** What became of one attempt to deliver a change. */
public sealed interface DeliveryOutcome {
    /** The change is done. */
    record Delivered() implements DeliveryOutcome {
        public static final Delivered INSTANCE = new Delivered();
    }

    /**
     * It failed for now; the subscription's own schedule says when to try again.
     *
     * @param divisible whether something in a batch was refused for good and the rest may go without it: the batch is
     *     divided until what is refused stands alone, and that becomes a dead letter
     */
    record Failed(Throwable cause, boolean divisible) implements DeliveryOutcome {
        public Failed(Throwable cause) {
            this(cause, false);
        }
    }

    /** It failed, and the receiver said when to try again. */
    record RetryAt(Instant time, Throwable cause) implements DeliveryOutcome {}

    /** It will never succeed: a dead letter at once. */
    record GivenUp(Throwable cause) implements DeliveryOutcome {}

    /** The receiver wants nothing more: the subscription is paused and the change stays. */
    record Disabled(Throwable cause) implements DeliveryOutcome {}
}
