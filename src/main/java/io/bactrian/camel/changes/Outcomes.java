package io.bactrian.camel.changes;

import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.DeliveryOutcome.Delivered;
import io.bactrian.subscription.DeliveryOutcome.Failed;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;

/** What the end of an exchange means for the change it carried. */
final class Outcomes {
    /** Deeper chains are cycles. */
    private static final int MAX_CAUSES = 50;

    private Outcomes() {}

    /**
     * Delivered where the exchange ended without an exception, a handled one counting as none; the outcome that a step
     * named by a {@link DeliveryException}, however deep among the causes; else failed.
     */
    static DeliveryOutcome of(Exchange exchange) {
        Throwable failure = exchange.getException();
        if (failure != null) {
            return of(failure);
        }
        if (exchange.isRollbackOnly() || exchange.isRollbackOnlyLast()) {
            return new Failed(new IllegalStateException(
                    "Route '" + exchange.getFromRouteId() + "' marked the exchange for rollback"));
        }
        return Delivered.INSTANCE;
    }

    private static DeliveryOutcome of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof DeliveryException delivery) {
                return delivery.outcome();
            }
            cause = cause.getCause();
        }
        return new Failed(unwrapped(failure));
    }

    /** Camel's wrappers say nothing that an operator wants to know. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable told = failure;
        while (told instanceof RuntimeCamelException && told.getCause() != null) {
            told = told.getCause();
        }
        return told;
    }
}
