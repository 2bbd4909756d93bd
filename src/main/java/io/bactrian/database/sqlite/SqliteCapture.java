package io.bactrian.database.sqlite;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.bactrian.change.ColumnType;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect.CaptureDdl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes what captures one table: a trigger for each operation, with its columns spelled out.
 *
 * <p>The JSON is put together as text rather than by {@code json_object}, which writes doubles with 15 digits, fails on
 * blobs and takes no more than 63 columns. A column may hold anything, whatever its declared type, and no value may make
 * the user's write fail.
 */
final class SqliteCapture {
    /** {@code ||} nests one level per piece, and SQLite takes 1,000 levels: wide rows are put together in groups. */
    private static final int GROUP = 100;

    private final Table table;
    private final List<Column> columns;

    SqliteCapture(Table table, Set<String> excluded) {
        this.table = table;
        this.columns = table.columns().stream()
                .filter(column -> !excluded.contains(column.name()))
                .toList();
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("Table " + table.name() + ": no column is left to capture");
        }
    }

    CaptureDdl ddl() {
        List<String> triggers = List.of(
                trigger("insert", "'i'", "NEW", "NULL", row("NEW")),
                trigger("update", keyIsAltered(), "NEW", row("OLD"), row("NEW")),
                trigger("delete", "'d'", "OLD", row("OLD"), "NULL"));
        return new CaptureDdl(table.name(), definition(triggers), triggers);
    }

    /** SQLite keeps the text of a trigger as it was given. */
    static String definition(List<String> triggers) {
        return String.join(";\n", triggers);
    }

    private String trigger(String operation, String code, String keyRow, String old, String next) {
        return """
            CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW BEGIN
              INSERT INTO bactrian_change ("table", operation, "key", old, new, origin) VALUES (
                %s, %s,
                %s,
                %s,
                %s,
                -- Only the write that was meant: others that it causes in other tables are news to everyone.
                (SELECT origin FROM bactrian_context WHERE id = 1 AND coalesce("table", %s) = %s));
            END""".formatted(
                        quoted("bactrian_" + operation + "_" + table.name()),
                        operation.toUpperCase(java.util.Locale.ROOT),
                        table.sqlName(),
                        literal(table.name()),
                        code,
                        key(keyRow),
                        old,
                        next,
                        literal(table.name()),
                        literal(table.name()));
    }

    private String keyIsAltered() {
        return table.key().isEmpty()
                ? "'u'"
                : "CASE WHEN " + key("OLD") + " = " + key("NEW") + " THEN 'u' ELSE 'k' END";
    }

    private String key(String row) {
        return table.key().isEmpty()
                ? "'{}'"
                : object(
                        row,
                        table.key().stream()
                                .map(name -> table.column(name).orElseThrow())
                                .toList());
    }

    private String row(String row) {
        return object(row, columns);
    }

    private static String object(String row, List<Column> columns) {
        List<String> groups = new ArrayList<>();
        List<String> group = new ArrayList<>();
        for (Column column : columns) {
            String name = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(column.name()));
            boolean first = groups.isEmpty() && group.isEmpty();
            group.add(literal((first ? "{\"" : ",\"") + name + "\":"));
            group.add(value(row + "." + quoted(column.name()), column.type()));
            if (group.size() >= GROUP) {
                groups.add("(" + String.join(" || ", group) + ")");
                group.clear();
            }
        }
        groups.addAll(group);
        return "(" + String.join(" || ", groups) + " || '}')";
    }

    /** The column's value as JSON text, by what it holds rather than by what it was declared as. */
    private static String value(String field, ColumnType type) {
        return "CASE typeof(" + field + ") WHEN 'integer' THEN " + integer(field, type) + " WHEN 'text' THEN "
                + text(field, type) + " WHEN 'null' THEN 'null' WHEN 'real' THEN " + real(field)
                + " ELSE '{\"$blob\":\"' || hex(" + field + ") || '\"}' END";
    }

    private static String integer(String field, ColumnType type) {
        return type == ColumnType.BOOLEAN
                ? "CASE " + field + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE " + field + " END"
                : field;
    }

    private static String text(String field, ColumnType type) {
        return type == ColumnType.JSON
                ? "CASE WHEN json_valid(" + field + ") THEN json(" + field + ") ELSE json_quote(" + field + ") END"
                : "json_quote(" + field + ")";
    }

    /** The shorter of two forms that reads back as the same number; infinities are no JSON numbers. */
    private static String real(String field) {
        String shorter = "printf('%!.15g', " + field + ")";
        return "CASE WHEN " + field + " = 9e999 THEN '\"Infinity\"' WHEN " + field + " = -9e999 THEN '\"-Infinity\"'"
                + " WHEN CAST(" + shorter + " AS REAL) = " + field + " THEN " + shorter
                + " ELSE printf('%!.17g', " + field + ") END";
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
