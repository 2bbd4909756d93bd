package io.bactrian.camel.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.bactrian.database.DatabaseException;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.RuntimeCamelException;

/**
 * What to do with a message whose route failed.
 *
 * @param reason for the operator, and for the dead letter
 */
record Verdict(Kind kind, String reason) {
    enum Kind {
        /** It can never succeed: a dead letter at once. */
        HOPELESS,
        /** A database is gone: nothing is received until it is back. */
        WAIT,
        /** The broker delivers it again, later and later. */
        AGAIN
    }

    private static final int MAX_CAUSES = 50;

    static Verdict of(Throwable failure) {
        Throwable told = failure;
        while ((told instanceof RuntimeCamelException || told instanceof CamelExecutionException)
                && told.getCause() != null) {
            told = told.getCause();
        }
        Kind kind = Kind.AGAIN;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES && kind == Kind.AGAIN; depth++) {
            kind = kind(cause);
            cause = cause.getCause();
        }
        String message = told.getMessage();
        return new Verdict(kind, message == null ? told.getClass().getSimpleName() : message);
    }

    private static Kind kind(Throwable cause) {
        if (cause instanceof DatabaseException database) {
            return switch (database.kind()) {
                case UNREACHABLE -> Kind.WAIT;
                case INVALID_VALUE, INVALID_STATEMENT -> Kind.HOPELESS;
                // A constraint too: the row that it refers to may be on its way in another message.
                case CONTENDED, CONSTRAINT, FORBIDDEN, OTHER -> Kind.AGAIN;
            };
        }
        if (cause instanceof DeliveryException delivery) {
            return delivery.outcome() instanceof DeliveryOutcome.GivenUp ? Kind.HOPELESS : Kind.AGAIN;
        }
        boolean unsuitable = cause instanceof IllegalArgumentException
                || cause instanceof JsonProcessingException
                || cause instanceof InvalidPayloadException
                || cause instanceof NoTypeConversionAvailableException;
        return unsuitable ? Kind.HOPELESS : Kind.AGAIN;
    }
}
