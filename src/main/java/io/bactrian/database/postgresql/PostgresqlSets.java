package io.bactrian.database.postgresql;

import io.bactrian.change.ColumnType;
import io.bactrian.database.Column;
import io.bactrian.database.OnConflictSql;
import io.bactrian.database.RowShape;
import io.bactrian.database.SetWrites;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Many rows in one statement: the server takes the array apart. Each value goes through its column's own input function,
 * as it does where a row is written alone.
 */
final class PostgresqlSets implements SetWrites {
    private static final Set<ColumnType> NUMBERS = EnumSet.of(ColumnType.INTEGER, ColumnType.LONG, ColumnType.DECIMAL);

    @Override
    public String upsert(RowShape shape) {
        return PostgresqlWrites.types(shape)
                + PostgresqlWrites.ROWS.upsertFrom(shape, source("json_to_recordset(?)", shape.written()));
    }

    @Override
    public String delete(RowShape shape) {
        return PostgresqlWrites.types(shape) + "DELETE FROM " + shape.table().sqlName() + " AS t\nUSING ("
                + source("json_to_recordset(?)", shape.key()) + ") AS r\nWHERE " + equal(shape.key(), "t", "r");
    }

    @Override
    public String move(RowShape shape) {
        String set = shape.key().stream()
                .map(column -> OnConflictSql.name(column) + " = n." + OnConflictSql.name(column))
                .collect(Collectors.joining(", "));
        return PostgresqlWrites.types(shape) + "UPDATE " + shape.table().sqlName() + " AS t SET " + set
                + "\nFROM json_to_recordset(?) AS p(old json, new json),\nLATERAL ("
                + source("json_to_record(p.old)", shape.key()) + ") AS o,\nLATERAL ("
                + source("json_to_record(p.new)", shape.key()) + ") AS n\nWHERE " + equal(shape.key(), "t", "o")
                + "\nAND NOT EXISTS (SELECT FROM " + shape.table().sqlName() + " AS x WHERE "
                + equal(shape.key(), "x", "n") + ")";
    }

    private static String equal(List<Column> key, String one, String other) {
        return key.stream()
                .map(OnConflictSql::name)
                .map(name -> one + "." + name + " = " + other + "." + name)
                .collect(Collectors.joining(" AND "));
    }

    /** The columns of JSON objects; base64 is decoded here, for {@code bytea} has another text form. */
    private static String source(String function, List<Column> columns) {
        List<String> selected = new ArrayList<>();
        List<String> defined = new ArrayList<>();
        for (Column column : new LinkedHashSet<>(columns)) {
            String name = OnConflictSql.name(column);
            boolean binary = column.type() == ColumnType.BINARY;
            selected.add(binary ? "decode(j." + name + ", 'base64') AS " + name : "j." + name);
            defined.add(name + " " + (binary ? "text" : column.sqlType()));
        }
        return "SELECT " + String.join(", ", selected) + " FROM " + function + " AS j(" + String.join(", ", defined)
                + ")";
    }

    @Override
    public String references() {
        return """
                SELECT '"' || replace(cn.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"',
                       '"' || replace(pn.nspname, '"', '""') || '"."' || replace(p.relname, '"', '""') || '"',
                       f.confdeltype IN ('c', 'n', 'd')
                FROM pg_constraint f
                JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
                JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE f.contype = 'f'""";
    }

    /** The same type, or a number in a wider one; what else there is goes the way that looks at each value. */
    @Override
    public boolean takes(Column column, ColumnType captured) {
        return column.type() == captured
                || NUMBERS.contains(captured)
                        && (column.type() == ColumnType.DECIMAL
                                || column.type() == ColumnType.LONG && captured == ColumnType.INTEGER);
    }

    /** Of numbers of one scale and of nothing else: 1.0 is 1.00, and texts may be equal whatever their case. */
    @Override
    public boolean tellsKeysApart(List<Column> key) {
        return key.stream().allMatch(column -> column.type() == ColumnType.INTEGER || column.type() == ColumnType.LONG);
    }
}
