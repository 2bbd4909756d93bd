package io.bactrian.camel.kafka;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps callers from being held while Kafka's client looks for a topic: until it knows it, one thread of this producer's
 * own hands the records over, one after another. What waited while that thread looked in vain fails with it, rather
 * than look for itself.
 *
 * <p>Thread-safe.
 */
final class FirstContact {
    private final Executor thread;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Exception failure;
    private volatile long failedAt;

    /** @param thread runs one task after another */
    FirstContact(Executor thread) {
        this.thread = thread;
    }

    boolean knows(String topic) {
        return known.contains(topic);
    }

    /** The client took a record for the topic without having to look for long. */
    void found(String topic) {
        failure = null;
        known.add(topic);
    }

    void lost(String topic, Exception cause) {
        known.remove(topic);
        failedAt = System.nanoTime();
        failure = cause;
    }

    /** Hands over from the thread of its own. */
    void later(Runnable send, Consumer<Exception> failed) {
        long since = System.nanoTime();
        try {
            thread.execute(() -> {
                Exception before = failure;
                if (before != null && failedAt - since > 0) {
                    failed.accept(before);
                } else {
                    send.run();
                }
            });
        } catch (RejectedExecutionException e) {
            failed.accept(e);
        }
    }
}
