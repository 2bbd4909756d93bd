package io.bactrian.subscription;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a run has come to at one moment.
 *
 * @param oldest when the oldest change in memory that is not done was collected, null where there is none
 */
record Progress(
        long position,
        int parked,
        @Nullable Instant oldest,
        @Nullable String lastError,
        @Nullable Instant lastErrorAt) {}
