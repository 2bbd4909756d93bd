package io.bactrian.subscription;

import io.bactrian.change.Operation;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SEAM (validate in the constructor): how one subscription reads and retries; the contract's {@code changes:} options. */
public record SubscriptionSettings(
        String name,
        String database,
        Set<String> tables,
        Set<Operation> operations,
        Set<String> columns,
        @Nullable String origin,
        boolean echo,
        StartFrom from,
        Ordering ordering,
        int lanes,
        int batch,
        RetryPolicy retry,
        int parkMax,
        OnDead onDead) {

    /** Which changes wait for which. */
    public enum Ordering {
        KEY,
        JOURNAL,
        NONE
    }

    /** What a dead letter does to its subscription. */
    public enum OnDead {
        KEEP,
        PAUSE
    }

    /** Where a new subscription starts: {@code now}, {@code earliest}, a position, or an ISO time. */
    public record StartFrom(String text) {
        public static final StartFrom NOW = new StartFrom("now");
        public static final StartFrom EARLIEST = new StartFrom("earliest");
    }

    /** {@code retryQuick}, {@code retryMax}, {@code retryDelay}, {@code retryBackoff}, {@code retryMaxDelay}, {@code retryJitter}. */
    public record RetryPolicy(int quick, int max, Duration delay, double backoff, Duration maxDelay, double jitter) {
        public static final RetryPolicy DEFAULT =
                new RetryPolicy(3, 10, Duration.ofSeconds(5), 2, Duration.ofHours(1), 0.2);
    }
}
