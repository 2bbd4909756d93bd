package io.bactrian.database.postgresql;

import io.bactrian.change.ColumnType;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Reads tables, columns and primary keys from the system catalog. */
final class PostgresqlCatalog {
    /** One row per column, in the order of the tables' names and the columns. */
    private static final String COLUMNS = """
            WITH RECURSIVE base(type, of) AS (
                -- A domain's values travel as its base type's; domains may stand on domains.
                SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
                UNION ALL
                SELECT d.oid, base.of FROM pg_type d JOIN base ON d.typbasetype = base.type WHERE d.typtype = 'd'
            )
            SELECT n.nspname, c.relname, n.nspname = coalesce(current_schema(), 'public') AS is_default,
                   a.attname, format_type(a.atttypid, a.atttypmod) AS sql_type,
                   t.typname, t.typtype, a.attnotnull,
                   a.attgenerated <> '' AS generated, a.attgenerated = 'v' AS unseen,
                   a.atthasdef OR a.attidentity <> '' AS has_default,
                   array_position(i.indkey::int2[], a.attnum) AS key_position
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN base b ON b.type = a.atttypid
            JOIN pg_type t ON t.oid = b.of
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            -- Partitions' leaves are written to and captured through their root.
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bactrian')
              AND n.nspname NOT LIKE 'pg\\_%'
            ORDER BY is_default DESC, n.nspname, c.relname, a.attnum
            """;

    private PostgresqlCatalog() {}

    static List<Table> tables(Connection connection) throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLUMNS)) {
            Columns current = null;
            while (row.next()) {
                String schema = row.getString("nspname");
                String name = row.getString("relname");
                if (current == null || !current.schema.equals(schema) || !current.table.equals(name)) {
                    if (current != null) {
                        tables.add(current.asTable());
                    }
                    current = new Columns(schema, name, row.getBoolean("is_default"));
                }
                current.add(row);
            }
            if (current != null) {
                tables.add(current.asTable());
            }
        }
        return tables;
    }

    /** One table's columns while they are read. */
    private static final class Columns {
        final String schema;
        final String table;
        final boolean isDefault;
        final List<Column> columns = new ArrayList<>();
        final TreeMap<Integer, String> key = new TreeMap<>();

        Columns(String schema, String table, boolean isDefault) {
            this.schema = schema;
            this.table = table;
            this.isDefault = isDefault;
        }

        void add(ResultSet row) throws SQLException {
            String name = row.getString("attname");
            columns.add(new Column(
                    name,
                    type(row.getString("typname"), row.getString("typtype")),
                    row.getString("sql_type"),
                    !row.getBoolean("attnotnull"),
                    row.getBoolean("generated"),
                    row.getBoolean("has_default"),
                    row.getBoolean("unseen")));
            int position = row.getInt("key_position");
            if (!row.wasNull()) {
                key.put(position, name);
            }
        }

        Table asTable() {
            return new Table(
                    isDefault ? table : schema + "." + table,
                    quoted(schema) + "." + quoted(table),
                    columns,
                    List.copyOf(key.values()));
        }

        private static String quoted(String identifier) {
            return '"' + identifier.replace("\"", "\"\"") + '"';
        }
    }

    private static ColumnType type(String name, String kind) {
        return switch (name) {
            case "bool" -> ColumnType.BOOLEAN;
            case "int2", "int4" -> ColumnType.INTEGER;
            case "int8", "oid" -> ColumnType.LONG;
            case "numeric" -> ColumnType.DECIMAL;
            case "float4" -> ColumnType.FLOAT;
            case "float8" -> ColumnType.DOUBLE;
            case "text", "varchar", "bpchar", "char", "name", "citext" -> ColumnType.TEXT;
            case "bytea" -> ColumnType.BINARY;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "timetz" -> ColumnType.TIME_WITH_ZONE;
            case "timestamp" -> ColumnType.TIMESTAMP;
            case "timestamptz" -> ColumnType.TIMESTAMP_WITH_ZONE;
            case "uuid" -> ColumnType.UUID;
            case "json", "jsonb" -> ColumnType.JSON;
            default -> "e".equals(kind) ? ColumnType.TEXT : ColumnType.OTHER;
        };
    }
}
