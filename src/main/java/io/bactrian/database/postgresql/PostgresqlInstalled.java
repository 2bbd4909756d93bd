package io.bactrian.database.postgresql;

import io.bactrian.database.TriggerDialect.InstalledCapture;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads from the system catalog what of ours is there. */
final class PostgresqlInstalled {
    private static final String PRESENT = """
            SELECT 'bactrian.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'bactrian' AND c.relname IN ('change', 'applied', 'meta', 'health')
            UNION ALL
            -- For each of the types that a payload may have.
            SELECT 'bactrian.emit' FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
            WHERE n.nspname = 'bactrian' AND f.proname = 'emit' HAVING count(*) = 3
            """;

    /** One row per trigger of ours on a user's table; leaves' copies of a partitioned table's triggers are not ours. */
    private static final String TRIGGERS = """
            SELECT CASE WHEN n.nspname = coalesce(current_schema(), 'public') THEN '' ELSE n.nspname || '.' END || c.relname
                       AS "table",
                   format('%I.%I', n.nspname, c.relname) AS sql_table,
                   t.tgname, t.tgtype || t.tgenabled::text AS trigger,
                   format('%I.%I', fn.nspname, f.proname) AS function,
                   f.prosrc, f.prosecdef, coalesce(f.proconfig, '{}') AS settings
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_proc f ON f.oid = t.tgfoid
            JOIN pg_namespace fn ON fn.oid = f.pronamespace
            WHERE t.tgparentid = 0
              AND (t.tgname IN ('!bactrian_row', '!bactrian_truncate')
                   OR fn.nspname = 'bactrian' AND f.proname LIKE 'capture\\_%')
            ORDER BY 1, t.tgname
            """;

    private PostgresqlInstalled() {}

    static Set<String> present(Connection connection) throws SQLException {
        Set<String> present = new HashSet<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PRESENT)) {
            while (row.next()) {
                present.add(row.getString(1));
            }
        }
        return present;
    }

    static Map<String, InstalledCapture> captures(Connection connection) throws SQLException {
        Map<String, Found> found = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TRIGGERS)) {
            while (row.next()) {
                Found table = found.get(row.getString("table"));
                if (table == null) {
                    table = new Found(row);
                    found.put(row.getString("table"), table);
                }
                table.add(row);
            }
        }
        Map<String, InstalledCapture> captures = new LinkedHashMap<>();
        found.forEach((table, triggers) -> captures.put(table, triggers.capture(table)));
        return captures;
    }

    private static final class Found {
        private final String body;
        private final boolean securityDefiner;
        private final List<String> settings = new ArrayList<>();
        private final List<String> triggers = new ArrayList<>();
        private final Set<String> removal = new LinkedHashSet<>();
        private final Set<String> functions = new LinkedHashSet<>();

        Found(ResultSet row) throws SQLException {
            body = row.getString("prosrc");
            securityDefiner = row.getBoolean("prosecdef");
            Array array = row.getArray("settings");
            for (String setting : (String[]) array.getArray()) {
                settings.add(setting);
            }
        }

        void add(ResultSet row) throws SQLException {
            triggers.add(row.getString("trigger"));
            removal.add("DROP TRIGGER " + PostgresqlCapture.quoted(row.getString("tgname")) + " ON "
                    + row.getString("sql_table"));
            functions.add("DROP FUNCTION IF EXISTS " + row.getString("function") + "()");
        }

        InstalledCapture capture(String table) {
            List<String> statements = new ArrayList<>(removal);
            statements.addAll(functions);
            return new InstalledCapture(
                    table, PostgresqlCapture.definition(body, settings, securityDefiner, triggers), statements);
        }
    }
}
