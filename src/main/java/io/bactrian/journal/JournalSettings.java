package io.bactrian.journal;

import java.time.Duration;

/**
 * How long and how much a journal keeps. Whole segments are dropped, so a little more than this may be held.
 *
 * @param retention changes collected longer ago than this may be dropped
 * @param maxSize bytes on disk; beyond it the oldest changes are dropped, however young
 * @param segmentAge a segment that spans more time than this is sealed and a new one begun
 * @param segmentSize bytes; likewise
 */
public record JournalSettings(Duration retention, long maxSize, Duration segmentAge, long segmentSize) {
    /** Enough for retention to be even, few enough to be opened in no time. */
    private static final int SEGMENTS = 32;

    private static final long LARGEST_SEGMENT = 256L << 20;

    public JournalSettings {
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException(
                    "bactrian.journal.retention=" + retention + ": must be longer than nothing, such as 7d");
        }
        if (maxSize <= 0) {
            throw new IllegalArgumentException(
                    "bactrian.journal.max-size=" + maxSize + ": must be more than nothing, such as 10GiB");
        }
    }

    /** Segments of a size and an age that suit the limits. */
    public static JournalSettings of(Duration retention, long maxSize) {
        return new JournalSettings(
                retention, maxSize, retention.dividedBy(SEGMENTS), Math.min(LARGEST_SEGMENT, maxSize / SEGMENTS));
    }
}
