package io.bactrian.change;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Between a column's JSON form and its natural Java value.
 *
 * <p>A value that its declared type can't hold (SQLite stores anything anywhere; PostgreSQL has {@code infinity} dates
 * and years beyond 9999) stays as JSON gave it: nothing is lost and nothing fails.
 */
public final class ColumnValues {
    private ColumnValues() {}

    /** The natural Java value of what a JSON parser gave: null, Boolean, Number, String, Map or List. */
    public static @Nullable Object fromJson(@Nullable Object json, ColumnType type) {
        if (json instanceof Number number) {
            return fromNumber(number, type);
        }
        if (json instanceof String text) {
            try {
                return fromText(text, type);
            } catch (DateTimeException | IllegalArgumentException e) {
                return text;
            }
        }
        return json;
    }

    /** ISO 8601 for the JDK's date and time types, base64 for binary, else {@code toString()}. */
    public static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof java.sql.Timestamp timestamp) {
            return timestamp.toLocalDateTime().toString();
        }
        if (value instanceof java.sql.Date || value instanceof java.sql.Time) {
            return value.toString();
        }
        if (value instanceof Date date) {
            return date.toInstant().toString();
        }
        return value.toString();
    }

    private static Object fromNumber(Number number, ColumnType type) {
        return switch (type) {
            case INTEGER -> fits(number, 31) ? (Object) number.intValue() : number;
            case LONG -> fits(number, 63) ? (Object) number.longValue() : number;
            case DECIMAL -> decimal(number);
            case FLOAT -> number.floatValue();
            case DOUBLE -> number.doubleValue();
            default -> number;
        };
    }

    private static boolean fits(Number number, int bits) {
        return !(number instanceof BigDecimal) && new BigInteger(number.toString()).bitLength() <= bits;
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    private static Object fromText(String text, ColumnType type) {
        return switch (type) {
            case BINARY -> Base64.getDecoder().decode(text);
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case DATE -> LocalDate.parse(text);
            case TIME -> LocalTime.parse(text);
            case TIME_WITH_ZONE -> OffsetTime.parse(text);
            case TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T'));
            case TIMESTAMP_WITH_ZONE -> zoned(text.replace(' ', 'T'));
            case UUID -> UUID.fromString(text);
            default -> text;
        };
    }

    private static OffsetDateTime zoned(String text) {
        return text.endsWith("Z") ? Instant.parse(text).atOffset(ZoneOffset.UTC) : OffsetDateTime.parse(text);
    }
}
