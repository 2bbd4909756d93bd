package io.bactrian.subscription;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a subscription fails here and there or altogether, and tells the log once when changes begin to be
 * parked and once when none is left. Guarded by the run's lock.
 */
final class FailureWatch {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    /** So many failures and no success between them: it is the receiver, not the change. */
    private static final int ALTOGETHER = 16;

    private static final int LONGEST_ERROR = 2_000;

    private final String name;
    private final Duration enough;
    private int inARow;
    private @Nullable Instant failingSince;
    private boolean told;
    private int dead;
    private @Nullable Instant deadTold;
    private @Nullable String lastError;
    private @Nullable Instant lastErrorAt;

    /** @param enough failing for so long is worth another try of all when something gets through */
    FailureWatch(String name, Duration enough) {
        this.name = name;
        this.enough = enough;
    }

    void failed(Throwable cause, Instant now) {
        inARow++;
        if (failingSince == null) {
            failingSince = now;
        }
        lastError = text(cause);
        lastErrorAt = now;
    }

    /** Says whether this ends a time in which nothing got through. */
    boolean succeeded(Instant now) {
        Instant since = failingSince;
        boolean ends =
                since != null && (altogether() || Duration.between(since, now).compareTo(enough) >= 0);
        inARow = 0;
        failingSince = null;
        return ends;
    }

    boolean altogether() {
        return inARow >= ALTOGETHER;
    }

    void parked(Instant nextTry) {
        if (!told) {
            told = true;
            LOG.warn(
                    "{}: {}; changes are parked and tried again, first at {}",
                    name,
                    lastError,
                    nextTry.truncatedTo(ChronoUnit.MILLIS));
        }
    }

    void parkedBefore(int count) {
        told = true;
        LOG.info("{}: goes on with {} parked changes", name, count);
    }

    /** Tells it, and how many there were since that was last told; no more than once a minute. */
    void dead(Instant now) {
        dead++;
        if (deadTold == null || Duration.between(deadTold, now).compareTo(Duration.ofMinutes(1)) >= 0) {
            LOG.warn("{}: gave up on {} change(s), kept as dead letters; the last error: {}", name, dead, lastError);
            deadTold = now;
            dead = 0;
        }
    }

    void nothingParked() {
        if (told) {
            told = false;
            LOG.info("{}: no change is parked any more", name);
        }
    }

    @Nullable
    String lastError() {
        return lastError;
    }

    @Nullable
    Instant lastErrorAt() {
        return lastErrorAt;
    }

    static Throwable cause(DeliveryOutcome outcome) {
        if (outcome instanceof DeliveryOutcome.Failed failed) {
            return failed.cause();
        } else if (outcome instanceof DeliveryOutcome.RetryAt at) {
            return at.cause();
        } else if (outcome instanceof DeliveryOutcome.GivenUp up) {
            return up.cause();
        } else if (outcome instanceof DeliveryOutcome.Disabled disabled) {
            return disabled.cause();
        }
        throw new IllegalArgumentException("Delivered has no cause");
    }

    /** What an operator reads of a failure. */
    static String text(Throwable cause) {
        String message = cause.getMessage();
        // Ours speak in whole sentences; of a foreign one the class says the half.
        String text = message != null && cause.getClass().getName().startsWith("io.bactrian.")
                ? message
                : cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "…";
    }
}
