package io.bactrian.subscription;

import java.time.Instant;
import java.util.List;

/** What became of one attempt to deliver a change, with the answers to the calls that it made, as far as they are known. */
public sealed interface DeliveryOutcome {
    List<Answer> answers();

    /** The same outcome with other answers. */
    DeliveryOutcome with(List<Answer> other);

    /** The change is done. */
    record Delivered(List<Answer> answers) implements DeliveryOutcome {
        public static final Delivered INSTANCE = new Delivered(List.of());

        @Override
        public Delivered with(List<Answer> other) {
            return new Delivered(other);
        }
    }

    /** It failed for now; the subscription's own schedule says when to try again. */
    record Failed(Throwable cause, List<Answer> answers) implements DeliveryOutcome {
        public Failed(Throwable cause) {
            this(cause, List.of());
        }

        @Override
        public Failed with(List<Answer> other) {
            return new Failed(cause, other);
        }
    }

    /** It failed, and the receiver said when to try again. */
    record RetryAt(Instant time, Throwable cause, List<Answer> answers) implements DeliveryOutcome {
        public RetryAt(Instant time, Throwable cause) {
            this(time, cause, List.of());
        }

        @Override
        public RetryAt with(List<Answer> other) {
            return new RetryAt(time, cause, other);
        }
    }

    /** It will never succeed: a dead letter at once. */
    record GivenUp(Throwable cause, List<Answer> answers) implements DeliveryOutcome {
        public GivenUp(Throwable cause) {
            this(cause, List.of());
        }

        @Override
        public GivenUp with(List<Answer> other) {
            return new GivenUp(cause, other);
        }
    }

    /** The receiver wants nothing more: the subscription is paused and the change stays. */
    record Disabled(Throwable cause, List<Answer> answers) implements DeliveryOutcome {
        public Disabled(Throwable cause) {
            this(cause, List.of());
        }

        @Override
        public Disabled with(List<Answer> other) {
            return new Disabled(cause, other);
        }
    }
}
