package io.bactrian.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instants as the store's tables hold them: ISO 8601 in UTC, or NULL. */
final class Times {
    private Times() {}

    static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
