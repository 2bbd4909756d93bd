package io.bactrian.database.sqlite;

import io.bactrian.change.ColumnType;
import io.bactrian.change.ColumnValues;
import io.bactrian.change.RowJson;
import io.bactrian.database.Column;
import io.bactrian.database.ExactNumbers;
import io.bactrian.database.RefusedValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values on their way into and out of SQLite, which has five storage classes and checks nothing: a column takes what
 * its declared type promises, and what doesn't fit comes out as it is.
 */
final class SqliteValues {
    /** As SQLite's own date functions write it, so that stored times compare as text. */
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    private SqliteValues() {}

    static void bind(PreparedStatement statement, int index, Column column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setObject(index, null);
            return;
        }
        Object stored = stored(column, value);
        if (stored instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (stored instanceof Long number) {
            statement.setLong(index, number);
        } else if (stored instanceof Double number) {
            statement.setDouble(index, number);
        } else {
            statement.setString(index, stored.toString());
        }
    }

    /** The byte[], Long, Double or String to store. */
    private static Object stored(Column column, Object value) {
        if (value instanceof byte[]) {
            return value;
        }
        return switch (column.type()) {
            case INTEGER, LONG -> whole(column, value);
            case BOOLEAN -> flag(column, value);
            case DECIMAL -> decimal(column, value);
            case FLOAT, DOUBLE -> floating(column, value);
            case BINARY -> binary(column, value);
            case TIMESTAMP -> timestamp(value);
            case OTHER -> value instanceof Number number ? number(column, number) : text(value);
            case TEXT, DATE, TIME, TIME_WITH_ZONE, TIMESTAMP_WITH_ZONE, UUID, JSON -> text(value);
        };
    }

    private static Long whole(Column column, Object value) {
        BigInteger number = ExactNumbers.integer(column, value);
        if (number.bitLength() > 63) {
            throw RefusedValue.of(column, value, "SQLite's integers have 64 bits");
        }
        return number.longValue();
    }

    private static Object flag(Column column, Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof Number number) {
            return whole(column, number);
        }
        String text = value.toString();
        return text.equalsIgnoreCase("true") ? 1L : text.equalsIgnoreCase("false") ? 0L : text;
    }

    /** A column of numeric affinity keeps what fits an integer or a double, and would quietly round the rest. */
    private static Object decimal(Column column, Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof Double || value instanceof Float) {
            return floating(column, value);
        }
        BigDecimal number;
        try {
            number = new BigDecimal(value.toString().strip());
        } catch (NumberFormatException e) {
            // NaN, or whatever: as text, which is what SQLite itself makes of it.
            return value.toString();
        }
        return number(column, number);
    }

    private static Object number(Column column, Number value) {
        if (value instanceof Double || value instanceof Float) {
            return floating(column, value);
        }
        BigDecimal number = value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
        if (number.signum() == 0) {
            return 0L;
        }
        if (number.scale() <= 0 && number.precision() - number.scale() <= 19) {
            BigInteger whole = number.toBigIntegerExact();
            if (whole.bitLength() <= 63) {
                return whole.longValue();
            }
        }
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest) || new BigDecimal(Double.toString(nearest)).compareTo(number) != 0) {
            throw RefusedValue.of(
                    column, value, "SQLite would round it; a column declared TEXT keeps every digit of a number");
        }
        return nearest;
    }

    private static Object floating(Column column, Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1.0 : 0.0;
        }
        double number;
        try {
            // A float's shortest text, not its binary expansion: 0.1f is 0.1.
            number = Double.parseDouble(value.toString().strip());
        } catch (NumberFormatException e) {
            throw RefusedValue.of(column, value, "it is no number");
        }
        // SQLite has no NaN and stores NULL for it.
        return Double.isNaN(number) ? (Object) "NaN" : (Object) number;
    }

    private static byte[] binary(Column column, Object value) {
        try {
            return Base64.getDecoder().decode(value.toString());
        } catch (IllegalArgumentException e) {
            throw RefusedValue.of(column, value, "binary comes as base64");
        }
    }

    private static String timestamp(Object value) {
        if (value instanceof java.sql.Timestamp timestamp) {
            return TIMESTAMP.format(timestamp.toLocalDateTime());
        }
        if (value instanceof Date date && !(value instanceof java.sql.Date) && !(value instanceof java.sql.Time)) {
            return timestamp(Instant.ofEpochMilli(date.getTime()));
        }
        // Without a zone SQLite's times are UTC by convention.
        if (value instanceof Instant instant) {
            return TIMESTAMP.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        }
        if (value instanceof OffsetDateTime time) {
            return TIMESTAMP.format(time.withOffsetSameInstant(ZoneOffset.UTC));
        }
        return value instanceof LocalDateTime time ? TIMESTAMP.format(time) : text(value);
    }

    private static String text(Object value) {
        if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
            return RowJson.writeValue(value);
        }
        return ColumnValues.text(value);
    }

    static @Nullable Object read(ResultSet row, int index, Column column) throws SQLException {
        Object value = row.getObject(index);
        if (value instanceof String text) {
            return switch (column.type()) {
                // Text in a binary column is text, not base64.
                case BINARY -> text;
                case JSON -> json(text);
                default -> ColumnValues.fromJson(text, column.type());
            };
        }
        if (value instanceof Double number) {
            return floating(number, column.type());
        }
        return ColumnValues.fromJson(value, column.type());
    }

    private static Object floating(Double number, ColumnType type) {
        return switch (type) {
            case DECIMAL -> Double.isFinite(number) ? new BigDecimal(number.toString()) : number;
            case FLOAT -> number.floatValue();
            // An integer column may hold 1.5.
            default -> number;
        };
    }

    private static @Nullable Object json(String text) {
        try {
            return RowJson.readValue(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
