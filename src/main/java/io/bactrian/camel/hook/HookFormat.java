package io.bactrian.camel.hook;

import java.util.Locale;

/** What an outbound hook sends of a change. */
enum HookFormat {
    CLOUDEVENTS,
    CLOUDEVENTS_BINARY,
    STANDARD,
    ROW,
    BODY;

    /**
     * @throws IllegalArgumentException naming the word and what is allowed
     */
    static HookFormat ofWord(String word) {
        if ("debezium".equals(word)) {
            throw new IllegalArgumentException("format=debezium belongs to a later version of Bactrian; this one has"
                    + " cloudevents, cloudevents-binary, standard, row and body");
        }
        for (HookFormat format : values()) {
            if (format.word().equals(word)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "format=" + word + " is not one of cloudevents, cloudevents-binary, standard, row, body");
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
