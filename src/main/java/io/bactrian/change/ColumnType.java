package io.bactrian.change;

/**
 * The natural Java type of a column, whatever the product calls it, and so how its JSON form is read back.
 *
 * <p>JSON forms: exact numbers; {@code "NaN"}, {@code "Infinity"}, {@code "-Infinity"} as strings; base64 for binary;
 * ISO 8601 for dates and times.
 */
public enum ColumnType {
    BOOLEAN,
    /** Up to 32 bits: {@link Integer}. */
    INTEGER,
    /** 64 bits: {@link Long}. */
    LONG,
    /** {@link java.math.BigDecimal}; not-a-number and infinities stay strings. */
    DECIMAL,
    FLOAT,
    DOUBLE,
    TEXT,
    /** {@code byte[]}. */
    BINARY,
    DATE,
    TIME,
    TIME_WITH_ZONE,
    TIMESTAMP,
    TIMESTAMP_WITH_ZONE,
    UUID,
    /** Embedded JSON: maps, lists, strings, numbers, booleans. */
    JSON,
    /** What has no type of its own here: the value as JSON gives it. */
    OTHER
}
