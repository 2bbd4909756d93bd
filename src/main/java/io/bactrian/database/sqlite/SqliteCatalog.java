package io.bactrian.database.sqlite;

import io.bactrian.change.ColumnType;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads tables, columns and primary keys by SQLite's table-valued pragmas. */
final class SqliteCatalog {
    /** Virtual tables take no triggers; {@code hidden} is 2 and 3 for generated columns, 1 for a virtual table's own. */
    private static final String COLUMNS = """
            SELECT t.name AS "table", t.wr, c.name, c.type, c."notnull", c.dflt_value IS NOT NULL AS has_default, c.pk, c.hidden
            FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
            WHERE t.schema = 'main' AND t.type = 'table'
              AND substr(t.name, 1, 7) <> 'sqlite_' AND substr(t.name, 1, 9) <> 'bactrian_' AND c.hidden <> 1
            ORDER BY t.name, c.cid
            """;

    private record Found(List<Column> columns, TreeMap<Integer, String> key) {}

    private SqliteCatalog() {}

    static List<Table> tables(Connection connection) throws SQLException {
        Map<String, Found> found = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLUMNS)) {
            while (row.next()) {
                Found table = found.computeIfAbsent(
                        row.getString("table"), name -> new Found(new ArrayList<>(), new TreeMap<>()));
                add(table, row);
            }
        }
        List<Table> tables = new ArrayList<>();
        found.forEach((name, table) -> tables.add(new Table(
                name,
                '"' + name.replace("\"", "\"\"") + '"',
                withRowId(table),
                List.copyOf(table.key().values()))));
        return tables;
    }

    private static void add(Found table, ResultSet row) throws SQLException {
        String name = row.getString("name");
        String declared = row.getString("type");
        boolean generated = row.getInt("hidden") > 1;
        boolean rowIdTable = row.getInt("wr") == 0;
        int keyPosition = row.getInt("pk");
        if (keyPosition > 0) {
            table.key().put(keyPosition, name);
        }
        // INTEGER PRIMARY KEY is the row id and gets a value by itself, unless a second key column follows.
        boolean mayBeRowId = rowIdTable && keyPosition == 1 && "INTEGER".equalsIgnoreCase(declared);
        table.columns()
                .add(new Column(
                        name,
                        type(declared),
                        declared,
                        row.getInt("notnull") == 0 && (keyPosition == 0 || rowIdTable && !mayBeRowId),
                        generated,
                        row.getInt("has_default") == 1 || mayBeRowId,
                        false));
    }

    private static List<Column> withRowId(Found table) {
        if (table.key().size() < 2) {
            return table.columns();
        }
        // A composite key is no row id: its first column gets no value by itself.
        List<Column> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            boolean first = column.name().equals(table.key().firstEntry().getValue());
            columns.add(
                    first && "INTEGER".equalsIgnoreCase(column.sqlType())
                            ? new Column(
                                    column.name(),
                                    column.type(),
                                    column.sqlType(),
                                    column.nullable(),
                                    false,
                                    false,
                                    false)
                            : column);
        }
        return columns;
    }

    /**
     * From the declared type: first the names that mean more to us than to SQLite, then SQLite's own affinity rules
     * (section 3.1 of "Datatypes in SQLite"). A column may still hold anything.
     */
    private static ColumnType type(String declared) {
        String name = declared.toUpperCase(Locale.ROOT).replaceAll("\\(.*", "").strip();
        switch (name) {
            case "BOOLEAN", "BOOL" -> {
                return ColumnType.BOOLEAN;
            }
            case "DATE" -> {
                return ColumnType.DATE;
            }
            case "TIME" -> {
                return ColumnType.TIME;
            }
            case "DATETIME", "TIMESTAMP" -> {
                return ColumnType.TIMESTAMP;
            }
            case "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE" -> {
                return ColumnType.TIMESTAMP_WITH_ZONE;
            }
            case "UUID" -> {
                return ColumnType.UUID;
            }
            case "JSON" -> {
                return ColumnType.JSON;
            }
            default -> {
                return byAffinity(name);
            }
        }
    }

    private static ColumnType byAffinity(String name) {
        if (name.contains("INT")) {
            return ColumnType.LONG;
        }
        if (name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT")) {
            return ColumnType.TEXT;
        }
        if (name.contains("BLOB")) {
            return ColumnType.BINARY;
        }
        if (name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB")) {
            return ColumnType.DOUBLE;
        }
        // Without a type a column takes everything as it comes; the rest has numeric affinity.
        return name.isEmpty() || name.equals("ANY") ? ColumnType.OTHER : ColumnType.DECIMAL;
    }
}
