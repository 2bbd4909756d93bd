package io.bactrian.database.postgresql;

import io.bactrian.change.ColumnType;
import io.bactrian.change.ColumnValues;
import io.bactrian.change.RowJson;
import io.bactrian.database.Column;
import io.bactrian.database.ExactNumbers;
import io.bactrian.database.OnConflictSql;
import io.bactrian.database.RefusedValue;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values on their way into and out of PostgreSQL.
 *
 * <p>In: as text of no stated type, so that the server reads each by its column's own input function, as it reads a
 * literal. That takes every type there is, keeps every digit, and refuses what is too long where a cast would cut it.
 */
final class PostgresqlValues {
    private PostgresqlValues() {}

    static void bind(PreparedStatement statement, int index, Column column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (column.type() == ColumnType.BINARY) {
            statement.setBytes(index, bytes(column, value));
        } else {
            statement.setObject(index, text(column, value), Types.OTHER);
        }
    }

    private static byte[] bytes(Column column, Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        try {
            return Base64.getDecoder().decode(value.toString());
        } catch (IllegalArgumentException e) {
            throw RefusedValue.of(column, value, "binary comes as base64");
        }
    }

    private static String text(Column column, Object value) {
        if (value instanceof byte[]) {
            throw RefusedValue.of(column, value, "it is no binary column");
        }
        return switch (column.type()) {
            case INTEGER, LONG -> ExactNumbers.integer(column, value).toString();
            case BOOLEAN ->
                value instanceof Number number
                        ? ExactNumbers.integer(column, number).toString()
                        : value.toString();
            case FLOAT, DOUBLE, DECIMAL -> value instanceof Boolean flag ? (flag ? "1" : "0") : value.toString();
            case TIMESTAMP_WITH_ZONE ->
                value instanceof Date date && !(value instanceof java.sql.Date)
                        ? Instant.ofEpochMilli(date.getTime()).toString()
                        : temporal(value);
            case TIMESTAMP -> withoutZone(value);
            case DATE, TIME, TIME_WITH_ZONE -> temporal(value);
            default ->
                column.sqlType().endsWith("[]") && value instanceof Collection<?> elements
                        ? array(elements)
                        : plain(value);
        };
    }

    private static String plain(Object value) {
        if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
            return RowJson.writeValue(value);
        }
        return ColumnValues.text(value);
    }

    private static String temporal(Object value) {
        String text = ColumnValues.text(value);
        // Java's sign before years beyond 9999; PostgreSQL has none.
        return text.startsWith("+") ? text.substring(1) : text;
    }

    private static String withoutZone(Object value) {
        if (value instanceof Instant instant) {
            return temporal(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        }
        if (value instanceof OffsetDateTime time) {
            return temporal(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
        }
        return temporal(value);
    }

    /** An array as a literal: {@code {"a",NULL,{…}}}; elements are always quoted, so none means anything else. */
    private static String array(Collection<?> elements) {
        StringBuilder text = new StringBuilder("{");
        for (Object element : elements) {
            if (text.length() > 1) {
                text.append(',');
            }
            if (element == null) {
                text.append("NULL");
            } else if (element instanceof Collection<?> inner) {
                text.append(array(inner));
            } else {
                text.append('"')
                        .append(plain(element).replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        }
        return text.append('}').toString();
    }

    /** Types that we have no Java type for are read in the JSON form that a trigger gives them. */
    static String selection(Column column) {
        String name = "t." + OnConflictSql.name(column);
        return column.type() == ColumnType.OTHER ? "to_json(" + name + ") AS " + OnConflictSql.name(column) : name;
    }

    static @Nullable Object read(ResultSet row, int index, Column column) throws SQLException {
        Object value = switch (column.type()) {
            case BOOLEAN -> row.getBoolean(index);
            case INTEGER -> row.getInt(index);
            case LONG -> row.getLong(index);
            case FLOAT -> row.getFloat(index);
            case DOUBLE -> row.getDouble(index);
            case DECIMAL -> decimal(row.getString(index));
            case BINARY -> row.getBytes(index);
            case DATE -> date(row.getObject(index, LocalDate.class));
            case TIME -> row.getObject(index, LocalTime.class);
            case TIME_WITH_ZONE -> row.getObject(index, OffsetTime.class);
            case TIMESTAMP -> timestamp(row.getObject(index, LocalDateTime.class));
            case TIMESTAMP_WITH_ZONE -> zoned(row.getObject(index, OffsetDateTime.class));
            case UUID -> row.getObject(index, UUID.class);
            case JSON, OTHER -> json(row.getString(index));
            case TEXT -> row.getString(index);
        };
        return row.wasNull() ? null : value;
    }

    private static @Nullable Object decimal(@Nullable String text) {
        // NaN, Infinity, -Infinity: no BigDecimal.
        return text == null || text.endsWith("N") || text.endsWith("y") ? text : new BigDecimal(text);
    }

    private static @Nullable Object json(@Nullable String text) {
        return text == null ? null : RowJson.readValue(text);
    }

    private static @Nullable Object date(@Nullable LocalDate date) {
        return LocalDate.MAX.equals(date) ? "infinity" : LocalDate.MIN.equals(date) ? "-infinity" : date;
    }

    private static @Nullable Object timestamp(@Nullable LocalDateTime time) {
        return LocalDateTime.MAX.equals(time) ? "infinity" : LocalDateTime.MIN.equals(time) ? "-infinity" : time;
    }

    private static @Nullable Object zoned(@Nullable OffsetDateTime time) {
        return OffsetDateTime.MAX.equals(time) ? "infinity" : OffsetDateTime.MIN.equals(time) ? "-infinity" : time;
    }
}
