package io.bactrian.camel.format;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What is sent of a change; in options and docs by its {@link #word}. */
public enum ChangeFormat {
    /** A CloudEvent in one piece (structured mode). */
    CLOUDEVENTS,
    /** The change alone, with the event's attributes in {@code ce-} headers: over HTTP only. */
    CLOUDEVENTS_BINARY,
    /** The payload that Standard Webhooks recommend: type, timestamp, data. */
    STANDARD,
    /** The row alone. */
    ROW,
    /** Debezium's envelope. */
    DEBEZIUM,
    /** The body as it is. */
    BODY;

    /** Those that a message broker's record can have: all but the one that is HTTP's own. */
    public static final Set<ChangeFormat> OF_RECORDS = EnumSet.complementOf(EnumSet.of(CLOUDEVENTS_BINARY));

    /**
     * @throws IllegalArgumentException naming the word and what is allowed
     */
    public static ChangeFormat ofWord(String word) {
        return ofWord(word, EnumSet.allOf(ChangeFormat.class));
    }

    /**
     * @throws IllegalArgumentException naming the word and what is allowed
     */
    public static ChangeFormat ofWord(String word, Set<ChangeFormat> allowed) {
        for (ChangeFormat format : allowed) {
            if (format.word().equals(word)) {
                return format;
            }
        }
        throw new IllegalArgumentException("format=" + word + " is not one of "
                + allowed.stream().sorted().map(ChangeFormat::word).collect(Collectors.joining(", ")));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
