package io.bactrian.database;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of the trigger table as it stands there; see {@link TriggerDialect}. */
public record CapturedRow(
        long seq,
        String transaction,
        String table,
        String operation,
        String key,
        @Nullable String old,
        @Nullable String now,
        @Nullable String origin,
        Instant at) {

    /** Characters of text: about what it takes in memory. */
    public long size() {
        return key.length() + (old == null ? 0L : old.length()) + (now == null ? 0L : now.length());
    }
}
