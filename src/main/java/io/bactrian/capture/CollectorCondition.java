package io.bactrian.capture;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a collector is at; a lasting condition is logged when it begins and when it ends. Thread-safe. */
final class CollectorCondition {
    /** At one moment. */
    record Now(
            CollectorStatus.State state,
            Instant since,
            @Nullable String error) {}

    private static final Logger LOG = LoggerFactory.getLogger(CollectorCondition.class);

    private final String database;
    private final Clock clock;
    private volatile Now now;

    CollectorCondition(String database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.now = new Now(CollectorStatus.State.STOPPED, clock.instant(), null);
    }

    Now now() {
        return now;
    }

    void starting() {
        enter(CollectorStatus.State.STARTING, null);
    }

    void collecting() {
        Now before = now;
        enter(CollectorStatus.State.COLLECTING, null);
        if (before.error() != null) {
            LOG.info("Collecting database '{}' again, after it {}", database, words(before));
        } else if (before.state() != CollectorStatus.State.COLLECTING) {
            LOG.info("Collecting database '{}'", database);
        }
    }

    void stopped() {
        enter(CollectorStatus.State.STOPPED, null);
    }

    /** @param surprise logged with its stack, where nobody foresaw it */
    void trouble(CollectorStatus.State state, String error, @Nullable Throwable surprise) {
        Now before = now;
        enter(state, error);
        if (before.state() == state && before.error() != null) {
            return;
        }
        if (surprise == null) {
            LOG.warn("Not collecting database '{}': {} (tried again by itself)", database, error);
        } else {
            LOG.error("Not collecting database '{}': {} (tried again by itself)", database, error, surprise);
        }
    }

    private void enter(CollectorStatus.State state, @Nullable String error) {
        Now before = now;
        now = new Now(state, before.state() == state ? before.since() : clock.instant(), error);
    }

    private String words(Now before) {
        String state = switch (before.state()) {
            case DISCONNECTED -> "couldn't be reached";
            case NOT_INSTALLED -> "had no triggers";
            case REFUSED -> "belonged to another";
            default -> "stood still";
        };
        return state + " since " + before.since().truncatedTo(ChronoUnit.MILLIS);
    }
}
