package io.bactrian.camel.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once when a route's records begin to fail and once when none does any more, and of those that were given
 * up no more than once a minute. Thread-safe.
 */
final class FlowWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformKafka.class);

    private final String route;
    private final Clock clock;
    private final Set<InboundRecord> failing = new HashSet<>();
    private @Nullable Instant toldSince;
    private int dead;
    private @Nullable Instant deadTold;

    FlowWatch(String route, Clock clock) {
        this.route = route;
        this.clock = clock;
    }

    /** A try failed, and there will be another one; a first failure may be a blip. */
    synchronized void failed(InboundRecord record, String reason) {
        failing.add(record);
        if (toldSince == null && record.tries + record.buryings > 1) {
            toldSince = clock.instant();
            LOG.warn(
                    "{}: {} fails: {}; it is tried again by itself, and what comes after it waits",
                    route,
                    record,
                    reason);
        }
    }

    /** It is done, given up, or no longer ours. */
    synchronized void resolved(InboundRecord record) {
        if (failing.remove(record) && failing.isEmpty() && toldSince != null) {
            LOG.info(
                    "{}: goes on after {} s",
                    route,
                    Duration.between(toldSince, clock.instant()).toSeconds());
            toldSince = null;
        }
    }

    synchronized void dead(InboundRecord record, String topic, String reason) {
        dead++;
        Instant now = clock.instant();
        if (deadTold == null || Duration.between(deadTold, now).compareTo(Duration.ofMinutes(1)) >= 0) {
            LOG.warn(
                    "{}: gave up on {} record(s), kept in topic {}; the last, {}: {}",
                    route,
                    dead,
                    topic,
                    record,
                    reason);
            deadTold = now;
            dead = 0;
        }
    }
}
