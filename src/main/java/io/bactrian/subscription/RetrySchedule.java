package io.bactrian.subscription;

import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** When a failed delivery is tried again. Thread-safe. */
final class RetrySchedule {
    private static final double QUICK_MILLIS = 1_800;
    private static final double FIRST_GAP_MILLIS = 400;

    private final RetryPolicy policy;

    RetrySchedule(RetryPolicy policy) {
        this.policy = policy;
    }

    /** Whether the lane itself tries again after so many tries. */
    boolean quick(int tried) {
        return tried < policy.quick();
    }

    /** The gap after the {@code tried}th quick try: each twice the one before, all of them within two seconds. */
    Duration gap(int tried) {
        int gaps = policy.quick() - 1;
        double all = FIRST_GAP_MILLIS * (Math.pow(2, gaps) - 1);
        double scale = Math.min(1, QUICK_MILLIS / all);
        // A retryDelay below the gaps says that trying again costs little.
        double gap = FIRST_GAP_MILLIS * Math.pow(2, tried - 1) * scale;
        return Duration.ofMillis((long) Math.min(gap, policy.delay().toMillis()));
    }

    /** Whether the schedule gives up after so many tries of its own. */
    boolean exhausted(int retries) {
        return retries >= policy.max();
    }

    /** The delay after so many tries by the schedule. */
    Duration delay(int retries) {
        double millis = policy.delay().toMillis() * Math.pow(policy.backoff(), retries);
        double bounded = Math.min(millis, policy.maxDelay().toMillis());
        double jitter = 1 + policy.jitter() * ThreadLocalRandom.current().nextDouble(-1, 1);
        return Duration.ofMillis(Math.max(1, (long) (bounded * jitter)));
    }

    /** The least time between two tries while nothing gets through. */
    Duration probeGap() {
        return policy.delay().compareTo(Duration.ofSeconds(1)) < 0 ? policy.delay() : Duration.ofSeconds(1);
    }
}
