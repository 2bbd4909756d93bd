package io.bactrian.camel.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.bactrian.database.DatabaseException;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.ValidationException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * What a route's failure means for the record it had.
 *
 * @param rule how to go on
 * @param told the failure without Camel's wrappers
 * @param delay where whoever failed said when to come again
 */
record InboundFailure(Rule rule, Throwable told, @Nullable Duration delay) {
    /** Deeper chains are cycles. */
    private static final int MAX_CAUSES = 50;

    private static final int LONGEST_TEXT = 1_000;

    /** How to go on. */
    enum Rule {
        /** It can't succeed: given up at once. */
        FOR_GOOD,
        /** Perhaps it can: tried so many times. */
        COUNTED,
        /** It isn't the record: tried until it works. */
        NOT_ITS_FAULT
    }

    static InboundFailure of(Throwable failure, Instant now) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof DatabaseException database) {
                return new InboundFailure(rule(database), database, null);
            }
            if (cause instanceof DeliveryException delivery) {
                return of(delivery, now);
            }
            if (isMalformed(cause)) {
                return new InboundFailure(Rule.FOR_GOOD, cause, null);
            }
            cause = cause.getCause();
        }
        return new InboundFailure(Rule.COUNTED, unwrapped(failure), null);
    }

    private static Rule rule(DatabaseException failure) {
        return switch (failure.kind()) {
            case UNREACHABLE, CONTENDED -> Rule.NOT_ITS_FAULT;
            case CONSTRAINT, INVALID_VALUE, INVALID_STATEMENT -> Rule.FOR_GOOD;
            case FORBIDDEN, OTHER -> Rule.COUNTED;
        };
    }

    private static InboundFailure of(DeliveryException failure, Instant now) {
        DeliveryOutcome outcome = failure.outcome();
        if (outcome instanceof DeliveryOutcome.GivenUp) {
            return new InboundFailure(Rule.FOR_GOOD, failure, null);
        }
        if (outcome instanceof DeliveryOutcome.RetryAt at) {
            Duration delay = Duration.between(now, at.time());
            return new InboundFailure(Rule.NOT_ITS_FAULT, failure, delay.isNegative() ? Duration.ZERO : delay);
        }
        return new InboundFailure(Rule.COUNTED, failure, null);
    }

    /** What a message that can't be read, or isn't what the step takes, makes its reader throw. */
    private static boolean isMalformed(Throwable cause) {
        return cause instanceof IllegalArgumentException
                || cause instanceof JsonProcessingException
                || cause instanceof InvalidPayloadException
                || cause instanceof TypeConversionException
                || cause instanceof ValidationException
                || cause instanceof SerializationException;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable told = failure;
        while (told instanceof RuntimeCamelException && told.getCause() != null) {
            told = told.getCause();
        }
        return told;
    }

    /** What an operator reads of it. */
    static String text(Throwable cause) {
        String message = cause.getMessage();
        // Ours speak in whole sentences; of a foreign one the class says the half.
        String text = message != null && cause.getClass().getName().startsWith("io.bactrian.")
                ? message
                : cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
