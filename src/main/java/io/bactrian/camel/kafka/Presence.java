package io.bactrian.camel.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once when a route hears nothing more from Kafka and once when it does again: a consumer's poll says
 * nothing of it, and the client itself logs each attempt to connect. Where the group's heartbeat stops, the cluster is
 * asked whether it is there. Thread-safe.
 */
final class Presence {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformKafka.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Two heartbeats are missing. */
    private static final double LATE_SECONDS = 7;

    private final String route;
    private final InboundClients clients;
    private final Executor asking;
    private final Clock clock;
    private @Nullable Instant goneSince;
    private long lookedAt = System.nanoTime();
    private long heardAt = lookedAt;
    private boolean asked;

    Presence(String route, InboundClients clients, Executor asking, Clock clock) {
        this.route = route;
        this.clients = clients;
        this.asking = asking;
        this.clock = clock;
    }

    /** Called after each poll. */
    void look(Consumer<?, ?> client) {
        long now = System.nanoTime();
        synchronized (this) {
            if (now - lookedAt < LOOK_NANOS) {
                return;
            }
            lookedAt = now;
        }
        double age = secondsSinceHeartbeat(client);
        if (age < 0) {
            // It isn't in the group yet, or so new in it that its first heartbeat is to come.
            if (secondsSinceHeard(now) >= LATE_SECONDS) {
                ask();
            }
        } else if (age < LATE_SECONDS) {
            back();
        } else {
            ask();
        }
    }

    private static double secondsSinceHeartbeat(Consumer<?, ?> client) {
        for (Metric metric : client.metrics().values()) {
            if (metric.metricName().name().equals("last-heartbeat-seconds-ago")
                    && metric.metricValue() instanceof Number seconds) {
                return seconds.doubleValue();
            }
        }
        return -1;
    }

    private synchronized double secondsSinceHeard(long now) {
        return (now - heardAt) / 1e9;
    }

    private synchronized void heard() {
        heardAt = System.nanoTime();
    }

    private void ask() {
        synchronized (this) {
            if (asked || goneSince != null) {
                return;
            }
            asked = true;
        }
        try {
            asking.execute(this::askNow);
        } catch (RejectedExecutionException e) {
            LOG.debug("The route stops", e);
        }
    }

    private void askNow() {
        try (Admin admin = clients.admin()) {
            admin.describeCluster().clusterId().get();
            heard();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            gone(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            gone(e);
        } finally {
            synchronized (this) {
                asked = false;
            }
        }
    }

    /** It can't be received from. */
    synchronized void gone(Throwable cause) {
        if (goneSince == null) {
            goneSince = clock.instant();
            LOG.warn(
                    "{}: can't receive from Kafka at {}: {}; it is tried again by itself",
                    route,
                    clients.brokers(),
                    InboundFailure.text(cause));
        }
    }

    /** It can. */
    synchronized void back() {
        heardAt = System.nanoTime();
        if (goneSince != null) {
            LOG.info(
                    "{}: Kafka is back after {} s",
                    route,
                    Duration.between(goneSince, clock.instant()).toSeconds());
            goneSince = null;
        }
    }
}
