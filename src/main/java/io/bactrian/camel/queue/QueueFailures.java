package io.bactrian.camel.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of an endpoint's failing messages: a line when they begin to fail, one when they work again. Keeps the verdicts
 * on messages that are to be dead letters when they come again. Thread-safe.
 */
final class QueueFailures {
    private static final Logger LOG = LoggerFactory.getLogger(QueueFailures.class);
    private static final int MOST_CONDEMNED = 10_000;

    private final String endpoint;
    private final AtomicInteger failedInARow = new AtomicInteger();
    private final AtomicInteger buriedInARow = new AtomicInteger();
    private final Map<String, String> condemned = new LinkedHashMap<>();

    QueueFailures(String endpoint) {
        this.endpoint = endpoint;
    }

    /** It goes back, and when it comes again it is buried for this reason. Forgotten by a restart: then it is tried once more. */
    void condemn(@Nullable String message, String reason) {
        if (message != null) {
            synchronized (condemned) {
                condemned.put(message, reason);
                if (condemned.size() > MOST_CONDEMNED) {
                    condemned.remove(condemned.keySet().iterator().next());
                }
            }
        }
    }

    /** The verdict on a message, which is forgotten. */
    Optional<String> verdict(@Nullable String message) {
        if (message == null) {
            return Optional.empty();
        }
        synchronized (condemned) {
            return condemned.isEmpty() ? Optional.empty() : Optional.ofNullable(condemned.remove(message));
        }
    }

    void failed(@Nullable String message, String reason) {
        if (failedInARow.getAndIncrement() == 0) {
            LOG.warn("{}: message {} failed, the broker will deliver it again: {}", endpoint, message, reason);
        }
    }

    void buried(@Nullable String message, String reason) {
        if (buriedInARow.getAndIncrement() == 0) {
            LOG.warn("{}: message {} is a dead letter (./bactrian dead-letters list): {}", endpoint, message, reason);
        }
    }

    void passed() {
        if (failedInARow.get() == 0 && buriedInARow.get() == 0) {
            return;
        }
        int failed = failedInARow.getAndSet(0);
        int buried = buriedInARow.getAndSet(0);
        if (failed > 0 || buried > 0) {
            LOG.info("{}: messages pass again after {} failed tries and {} dead letters", endpoint, failed, buried);
        }
    }
}
