package io.bactrian.subscription;

import java.time.Duration;

/**
 * How long and how much of attempts is kept.
 *
 * @param retention {@code bactrian.attempts.retention}
 * @param maxSize {@code bactrian.attempts.max-size}, bytes; beyond it the oldest go, however young
 */
public record AttemptSettings(Duration retention, long maxSize) {
    public static final AttemptSettings DEFAULT = new AttemptSettings(Duration.ofHours(24), 256L << 20);

    private static final long LEAST = 1L << 20;

    public AttemptSettings {
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException(
                    "bactrian.attempts.retention=" + retention + ": must be longer than nothing, such as 24h");
        }
        if (maxSize < LEAST) {
            throw new IllegalArgumentException(
                    "bactrian.attempts.max-size=" + maxSize + ": must be at least 1MiB, such as 256MiB");
        }
    }
}
