package io.bactrian.database;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Statements on one row for the products that speak {@code INSERT … ON CONFLICT}: PostgreSQL, which brought it up, and
 * SQLite, which took it over.
 *
 * @param selection how a column is selected, {@code t} being the table
 * @param overriding what stands between the columns and the values of an INSERT
 */
public record OnConflictSql(Function<Column, String> selection, String overriding) {

    /** The statement; where {@code source} isn't empty, it writes only for a row of that source. */
    public String statement(RowShape shape, String source) {
        String sql = switch (shape.kind()) {
            case INSERT -> insert(shape, source);
            case INSERT_WHERE_ABSENT -> insert(shape, source) + onConflict(shape) + "NOTHING";
            case UPSERT -> insert(shape, source) + onConflict(shape) + overwrite(shape);
            case UPDATE -> update(shape, source);
            case DELETE -> delete(shape, source);
        };
        return shape.returned().isEmpty() ? sql : sql + "\nRETURNING " + selected(shape.returned());
    }

    /** The upsert of what a query gives, its columns in the order of those written. */
    public String upsertFrom(RowShape shape, String query) {
        return "INSERT INTO " + shape.table().sqlName() + " AS t (" + names(shape.written()) + ")" + overriding + "\n"
                + query + onConflict(shape) + overwrite(shape);
    }

    /** Rows in order, a page of them. */
    public String query(RowQuery query) {
        StringBuilder sql = new StringBuilder("SELECT ")
                .append(selected(query.table().columns()))
                .append("\nFROM ")
                .append(query.table().sqlName())
                .append(" AS t\nWHERE true");
        query.equal()
                .forEach(column -> sql.append(" AND t.").append(name(column)).append(" = ?"));
        query.absent()
                .forEach(column -> sql.append(" AND t.").append(name(column)).append(" IS NULL"));
        if (!query.order().isEmpty()) {
            sql.append("\nORDER BY ").append(qualified(query.order()));
        }
        return sql.append("\nLIMIT ? OFFSET ?").toString();
    }

    private String insert(RowShape shape, String source) {
        String values = parameters(shape.written());
        return "INSERT INTO " + shape.table().sqlName() + " AS t (" + names(shape.written()) + ")" + overriding + "\n"
                + (source.isEmpty() ? "VALUES (" + values + ")" : "SELECT " + values + " FROM " + source);
    }

    /** On the key alone: another unique column's conflict is an error, not this row. */
    private static String onConflict(RowShape shape) {
        return shape.key().isEmpty() ? "\nON CONFLICT DO " : "\nON CONFLICT (" + names(shape.key()) + ") DO ";
    }

    private static String overwrite(RowShape shape) {
        List<Column> others = shape.written().stream()
                .filter(column -> !shape.key().contains(column))
                .toList();
        if (others.isEmpty()) {
            return "NOTHING";
        }
        String set = others.stream()
                .map(column -> name(column) + " = excluded." + name(column))
                .collect(Collectors.joining(", "));
        Column version = shape.version();
        if (version == null) {
            return "UPDATE SET " + set;
        }
        String before = "t." + name(version);
        // What has no version yet is older than what has one.
        return "UPDATE SET " + set + "\nWHERE " + before + " IS NULL OR " + before + " < excluded." + name(version);
    }

    private static String update(RowShape shape, String source) {
        String set =
                shape.written().stream().map(column -> name(column) + " = ?").collect(Collectors.joining(", "));
        Column version = shape.version();
        if (version != null && countsUp(version)) {
            set += (set.isEmpty() ? "" : ", ") + name(version) + " = t." + name(version) + " + 1";
        }
        return "UPDATE " + shape.table().sqlName() + " AS t SET " + set
                + (source.isEmpty() ? "" : "\nFROM " + source)
                + where(shape, " = ?");
    }

    private static String delete(RowShape shape, String source) {
        return "DELETE FROM " + shape.table().sqlName() + " AS t"
                + (source.isEmpty() ? "" : "\nUSING " + source)
                + where(shape, " <= ?");
    }

    private static String where(RowShape shape, String versionCheck) {
        String sql = shape.key().stream()
                .map(column -> "t." + name(column) + " = ?")
                .collect(Collectors.joining(" AND ", "\nWHERE ", ""));
        Column version = shape.version();
        return version == null ? sql : sql + " AND t." + name(version) + versionCheck;
    }

    /** Whether an update under a version check raises the version itself; others leave it to the database. */
    private static boolean countsUp(Column version) {
        return switch (version.type()) {
            case INTEGER, LONG, DECIMAL -> true;
            default -> false;
        };
    }

    private String selected(List<Column> columns) {
        return columns.stream().map(selection).collect(Collectors.joining(", "));
    }

    private static String parameters(List<Column> columns) {
        return columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(OnConflictSql::name).collect(Collectors.joining(", "));
    }

    private static String qualified(List<Column> columns) {
        return columns.stream().map(column -> "t." + name(column)).collect(Collectors.joining(", "));
    }

    /** Quoted to the letter: a name from outside can't be anything but a name. */
    public static String name(Column column) {
        return '"' + column.name().replace("\"", "\"\"") + '"';
    }
}
