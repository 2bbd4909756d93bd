package io.bactrian.subscription;

import java.time.Instant;

/** What became of one attempt to deliver a change. */
public sealed interface DeliveryOutcome {
    /** The change is done. */
    record Delivered() implements DeliveryOutcome {
        public static final Delivered INSTANCE = new Delivered();
    }

    /** It failed for now; the subscription's own schedule says when to try again. */
    record Failed(Throwable cause, Blame blame) implements DeliveryOutcome {
        public Failed(Throwable cause) {
            this(cause, Blame.UNKNOWN);
        }
    }

    /** What a failure is due to, as far as the one that failed can tell. */
    enum Blame {
        UNKNOWN,
        /**
         * Something in a batch is refused for good, and the rest may go without it: the batch is divided until what is
         * refused stands alone, and that becomes a dead letter.
         */
        PART,
        /** The receiver itself, whatever it is given: a batch waits until that is mended, and is never given up on. */
        RECEIVER
    }

    /** It failed, and the receiver said when to try again. */
    record RetryAt(Instant time, Throwable cause) implements DeliveryOutcome {}

    /** It will never succeed: a dead letter at once. */
    record GivenUp(Throwable cause) implements DeliveryOutcome {}

    /** The receiver wants nothing more: the subscription is paused and the change stays. */
    record Disabled(Throwable cause) implements DeliveryOutcome {}
}
