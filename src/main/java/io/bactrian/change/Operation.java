package io.bactrian.change;

import java.util.Locale;

/** What happened to a row; for {@link #TRUNCATE}, to a whole table; for {@link #EVENT}, to nothing that is a row. */
public enum Operation {
    INSERT("row.inserted"),
    UPDATE("row.updated"),
    DELETE("row.deleted"),
    TRUNCATE("table.truncated"),
    /** A row read by a snapshot: it existed; nothing happened to it. */
    SNAPSHOT("row.snapshot"),
    /** Something that database code emitted on purpose: its name stands for the table, its payload for the row after. */
    EVENT("event.emitted");

    private final String eventType;

    Operation(String eventType) {
        this.eventType = eventType;
    }

    /** The CloudEvents {@code type}, such as {@code row.updated}. */
    public String eventType() {
        return eventType;
    }

    /** The lower-case word used in options, JSON and headers, such as {@code update}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The operation named by {@code word}, whatever its case.
     *
     * @throws IllegalArgumentException naming the word and what is allowed
     */
    public static Operation ofWord(String word) {
        for (Operation operation : values()) {
            if (operation.name().equalsIgnoreCase(word.strip())) {
                return operation;
            }
        }
        throw new IllegalArgumentException(
                "Unknown operation '" + word + "': use insert, update, delete, truncate, snapshot or event");
    }
}
