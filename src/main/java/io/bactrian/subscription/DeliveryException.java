package io.bactrian.subscription;

import org.jspecify.annotations.Nullable;

/** Thrown by a step of a route that knows what its failure means; the subscription schedules by its outcome. */
public final class DeliveryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient DeliveryOutcome outcome;

    /** @param outcome anything but {@link DeliveryOutcome.Delivered} */
    public DeliveryException(String message, DeliveryOutcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    public DeliveryOutcome outcome() {
        return outcome;
    }
}
