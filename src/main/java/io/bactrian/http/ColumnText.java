package io.bactrian.http;

import io.bactrian.change.ColumnType;
import io.bactrian.change.ColumnValues;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Values of columns as URLs spell them. */
final class ColumnText {
    private static final int MAX_DIGITS = 1000;

    private ColumnText() {}

    /** The natural value of a column from text; a text that its type can't hold is refused. */
    static Object value(Column column, String text) {
        try {
            return switch (column.type()) {
                case INTEGER, LONG -> integer(text);
                case DECIMAL -> decimal(text);
                case BOOLEAN -> flag(column, text);
                default -> natural(column.type(), text);
            };
        } catch (NumberFormatException e) {
            throw refused(column, text);
        }
    }

    /**
     * The key in an item's address: its columns' values, percent-encoded, joined by commas.
     *
     * @param raw the segment, still encoded
     */
    static Map<String, @Nullable Object> key(Table table, String raw) {
        List<String> columns = table.key();
        if (columns.isEmpty()) {
            throw HttpProblem.badRequest("Table " + table.name() + " has no primary key: its rows have no address");
        }
        String[] values = raw.split(",", -1);
        if (values.length != columns.size()) {
            throw HttpProblem.badRequest("The key of " + table.name() + " is " + String.join(",", columns) + ": "
                    + columns.size() + " value" + (columns.size() == 1 ? "" : "s, joined by commas,")
                    + " expected, not " + values.length + " (a comma within a value is %2C)");
        }
        Map<String, @Nullable Object> key = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            String name = columns.get(i);
            Column column = table.column(name).orElseThrow();
            key.put(name, value(column, PercentText.decode(values[i], "The key", false)));
        }
        return key;
    }

    /** The segment that {@link #key} reads back; null where a key column is missing. */
    static @Nullable String segment(Table table, Map<String, @Nullable Object> row) {
        StringJoiner segment = new StringJoiner(",");
        for (String name : table.key()) {
            Object value = row.get(name);
            if (value == null) {
                return null;
            }
            segment.add(PercentText.encode(ColumnValues.text(value)));
        }
        return table.key().isEmpty() ? null : segment.toString();
    }

    private static Object natural(ColumnType type, String text) {
        Object value = ColumnValues.fromJson(text, type);
        return value == null ? text : value;
    }

    private static Object integer(String text) {
        BigInteger number = new BigInteger(bounded(text));
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private static Object decimal(String text) {
        if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
            return text;
        }
        BigDecimal number = new BigDecimal(bounded(text));
        if (Math.abs((long) number.scale()) > MAX_DIGITS) {
            throw new NumberFormatException("exponent");
        }
        return number;
    }

    private static String bounded(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new NumberFormatException("too long");
        }
        return text;
    }

    private static Boolean flag(Column column, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(column, text);
        };
    }

    private static HttpProblem refused(Column column, String text) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return HttpProblem.badRequest(
                "'" + shown + "' doesn't fit column " + column.name() + " (" + column.sqlType() + ")");
    }
}
