package io.bactrian.camel.routes;

import org.jspecify.annotations.Nullable;

/** Finds the line that a message is about when the message doesn't say. */
final class Lines {
    private Lines() {}

    /** The first line that contains any of these, tried in order; 0 if none does. */
    static int of(RouteText text, @Nullable String... needles) {
        for (String needle : needles) {
            if (needle == null || needle.isBlank()) {
                continue;
            }
            int at = text.content().indexOf(needle);
            if (at >= 0) {
                return lineAt(text.content(), at);
            }
        }
        return 0;
    }

    static int lineAt(String content, int offset) {
        return 1
                + (int) content.substring(0, offset)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }
}
