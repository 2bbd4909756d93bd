package io.bactrian.capture;

/**
 * One way in which the user's database isn't as capture needs it.
 *
 * @param table the table; empty where it concerns the whole database
 * @param kind what is wrong
 * @param message what is wrong, in words
 * @param remedy what to do about it
 */
public record CaptureDrift(String table, Kind kind, String message, String remedy) {

    /** What is wrong. */
    public enum Kind {
        /** Our tables aren't all there. */
        NOT_INSTALLED,
        /** A table that should be captured doesn't exist. */
        NO_SUCH_TABLE,
        /** A column that is excluded doesn't exist, or belongs to the key. */
        WRONG_EXCLUSION,
        /** A table that should be captured isn't. */
        NOT_CAPTURED,
        /** A table is captured otherwise than it should be: its columns or our triggers have changed. */
        CHANGED,
        /** A table is captured and shouldn't be. */
        SURPLUS,
        /** Our tables were made by a newer version. */
        NEWER
    }

    /** Whether changes may be missed, or be wrong, because of it. */
    public boolean serious() {
        return kind != Kind.SURPLUS;
    }

    @Override
    public String toString() {
        return message + ": " + remedy;
    }
}
