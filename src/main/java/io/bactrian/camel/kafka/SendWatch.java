package io.bactrian.camel.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once when Kafka acknowledges none of what a route sends and once when it does again: the client waits for
 * it in silence, for as long as {@code delivery.timeout.ms} says. Thread-safe.
 */
final class SendWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformKafka.class);
    /** Longer than one request may take, with the one after it. */
    static final Duration LATE = Duration.ofSeconds(7);

    private final Supplier<String> route;
    private final String brokers;
    private final Clock clock;
    private int underWay;
    private Instant lastSign;
    private @Nullable Instant silentSince;

    SendWatch(Supplier<String> route, String brokers, Clock clock) {
        this.route = route;
        this.brokers = brokers;
        this.clock = clock;
        this.lastSign = clock.instant();
    }

    /** The client has taken a record. */
    synchronized void handedOver() {
        if (underWay++ == 0) {
            lastSign = clock.instant();
        }
    }

    /** It has said what became of one; only an answer of Kafka's is a sign of life. */
    synchronized void ended(boolean acknowledged) {
        underWay--;
        if (!acknowledged) {
            return;
        }
        lastSign = clock.instant();
        Instant since = silentSince;
        if (since != null) {
            silentSince = null;
            LOG.info(
                    "{}: Kafka is back after {} s",
                    route.get(),
                    Duration.between(since, lastSign).toSeconds());
        }
    }

    /** Called from time to time. */
    synchronized void look() {
        if (underWay == 0 || silentSince != null) {
            return;
        }
        Duration silence = Duration.between(lastSign, clock.instant());
        if (silence.compareTo(LATE) > 0) {
            silentSince = lastSign;
            LOG.warn(
                    "{}: Kafka at {} has acknowledged nothing for {} s; what is under way is sent again by itself",
                    route.get(),
                    brokers,
                    silence.toSeconds());
        }
    }

    /** Whether that was told, and its end wasn't. */
    synchronized boolean silent() {
        return silentSince != null;
    }
}
