package io.bactrian.doctor;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param subject what it is, such as {@code database main}
 * @param detail what was found, in words
 * @param remedy what to do about it; null where there is nothing to do
 */
public record Finding(
        String subject,
        State state,
        String detail,
        @Nullable String remedy) {
    /** How it is. */
    public enum State {
        OK,
        /** It works, and needs a look. */
        WARNING,
        /** It doesn't work. */
        FAILED
    }

    public static Finding ok(String subject, String detail) {
        return new Finding(subject, State.OK, detail, null);
    }

    public static Finding warning(String subject, String detail, @Nullable String remedy) {
        return new Finding(subject, State.WARNING, detail, remedy);
    }

    public static Finding failed(String subject, String detail, @Nullable String remedy) {
        return new Finding(subject, State.FAILED, detail, remedy);
    }
}
