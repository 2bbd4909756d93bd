package io.bactrian.hook;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the headers of a call. */
final class Headers {
    private static final int MAX_MESSAGE_ID = 255;

    private Headers() {}

    /** @param name lower-case */
    static @Nullable String first(Map<String, List<String>> headers, String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0).trim();
    }

    /** Whether a sender's name for its message can be kept as the key of a claim. */
    static boolean fitsMessageId(String id) {
        return !id.isEmpty() && id.length() <= MAX_MESSAGE_ID;
    }
}
