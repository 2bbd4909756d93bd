package io.bactrian.database.sqlite;

import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our tables with the prefix {@code bactrian_}, and three triggers per captured table. */
final class SqliteTriggers implements TriggerDialect {
    private static final Set<String> PARTS = Set.of(
            "bactrian_change",
            "bactrian_applied",
            "bactrian_meta",
            "bactrian_context",
            "bactrian_health",
            "bactrian_emit");

    private static final String PRESENT =
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND substr(name, 1, 9) = 'bactrian_'";

    private static final String TRIGGERS = """
            SELECT tbl_name, name, sql FROM sqlite_schema
            WHERE type = 'trigger' AND substr(name, 1, 9) = 'bactrian_' AND substr(tbl_name, 1, 9) <> 'bactrian_'
            -- Insert, update, delete: the order in which they are made.
            ORDER BY tbl_name, instr('iud', substr(name, 10, 1))
            """;

    /** Triggers fire in the order last made, first fired; the schema table keeps the order in which they were made. */
    private static final String EARLIER = """
            SELECT name FROM sqlite_schema AS theirs
            WHERE type = 'trigger' AND tbl_name = ? AND substr(name, 1, 9) <> 'bactrian_'
              AND rowid > (SELECT min(rowid) FROM sqlite_schema AS ours
                           WHERE type = 'trigger' AND tbl_name = theirs.tbl_name AND substr(name, 1, 9) = 'bactrian_')
            ORDER BY name
            """;

    @Override
    public String ours(String name) {
        return "bactrian_" + name;
    }

    @Override
    public List<String> preamble() {
        return List.of();
    }

    @Override
    public List<String> foundation() {
        return List.of(
                """
                CREATE TABLE IF NOT EXISTS bactrian_change (
                    -- AUTOINCREMENT: an emptied table would number its rows from 1 again.
                    seq INTEGER PRIMARY KEY AUTOINCREMENT,
                    "transaction" TEXT NOT NULL DEFAULT '',
                    "table" TEXT NOT NULL,
                    operation TEXT NOT NULL,
                    "key" TEXT NOT NULL,
                    old TEXT,
                    new TEXT,
                    origin TEXT,
                    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
                )""",
                """
                CREATE TABLE IF NOT EXISTS bactrian_applied (
                    route TEXT NOT NULL,
                    step TEXT NOT NULL,
                    split INTEGER NOT NULL,
                    message TEXT NOT NULL,
                    generation INTEGER NOT NULL,
                    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
                    PRIMARY KEY (route, step, split, message, generation)
                ) WITHOUT ROWID""",
                "CREATE TABLE IF NOT EXISTS bactrian_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
                """
                INSERT INTO bactrian_meta (name, value)
                VALUES ('version', '%s'), ('owner', ''), ('epoch', ''), ('token', '') ON CONFLICT DO NOTHING""".formatted(VERSION),
                """
                CREATE TABLE IF NOT EXISTS bactrian_context (
                    id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT, "table" TEXT)""",
                "INSERT INTO bactrian_context (id) VALUES (1) ON CONFLICT DO NOTHING",
                """
                CREATE VIEW IF NOT EXISTS bactrian_health AS
                SELECT count(*) AS backlog, min(at) AS oldest,
                       coalesce((julianday('now') - julianday(min(at))) * 86400.0, 0.0) AS oldest_age_seconds
                FROM bactrian_change""",
                "CREATE VIEW IF NOT EXISTS bactrian_emit AS SELECT '' AS name, '' AS payload WHERE 0",
                """
                CREATE TRIGGER IF NOT EXISTS bactrian_emit_insert INSTEAD OF INSERT ON bactrian_emit BEGIN
                  SELECT RAISE(ABORT, 'bactrian_emit needs a name') WHERE coalesce(NEW.name, '') = '';
                  INSERT INTO bactrian_change ("table", operation, "key", new, origin) VALUES (
                    NEW.name, 'e', '{}',
                    CASE WHEN NEW.payload IS NULL THEN '{}'
                         WHEN typeof(NEW.payload) = 'blob' THEN '{"$blob":"' || hex(NEW.payload) || '"}'
                         WHEN json_valid(NEW.payload) THEN json(NEW.payload)
                         ELSE json_quote(NEW.payload) END,
                    (SELECT origin FROM bactrian_context WHERE id = 1 AND "table" IS NULL));
                END""");
    }

    @Override
    public Set<String> parts() {
        return PARTS;
    }

    @Override
    public Set<String> present(Connection connection) throws SQLException {
        Set<String> present = new HashSet<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PRESENT)) {
            while (row.next()) {
                present.add(row.getString(1));
            }
        }
        present.retainAll(PARTS);
        return present;
    }

    @Override
    public CaptureDdl capture(Table table, Set<String> excludedColumns) {
        return new SqliteCapture(table, excludedColumns).ddl();
    }

    @Override
    public Map<String, InstalledCapture> installed(Connection connection) throws SQLException {
        Map<String, List<String>> definitions = new LinkedHashMap<>();
        Map<String, List<String>> removals = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TRIGGERS)) {
            while (row.next()) {
                String table = row.getString("tbl_name");
                definitions.computeIfAbsent(table, t -> new ArrayList<>()).add(row.getString("sql"));
                removals.computeIfAbsent(table, t -> new ArrayList<>())
                        .add("DROP TRIGGER " + SqliteCapture.quoted(row.getString("name")));
            }
        }
        Map<String, InstalledCapture> captures = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> table : definitions.entrySet()) {
            String name = table.getKey();
            List<String> definition = new ArrayList<>();
            for (String trigger : earlierTriggers(connection, name)) {
                definition.add("-- fires after the user's trigger " + trigger);
            }
            definition.addAll(table.getValue());
            captures.put(
                    name,
                    new InstalledCapture(
                            name, SqliteCapture.definition(definition), removals.getOrDefault(name, List.of())));
        }
        return captures;
    }

    @Override
    public List<String> removal() {
        return List.of(
                "DROP VIEW IF EXISTS bactrian_emit",
                "DROP VIEW IF EXISTS bactrian_health",
                "DROP TABLE IF EXISTS bactrian_context",
                "DROP TABLE IF EXISTS bactrian_meta",
                "DROP TABLE IF EXISTS bactrian_applied",
                "DROP TABLE IF EXISTS bactrian_change");
    }

    @Override
    public List<String> warnings(Connection connection) {
        return List.of(
                "REPLACE and INSERT OR REPLACE record no delete of the row they replace, unless the application sets"
                        + " PRAGMA recursive_triggers = ON; where the replaced row had another key, its delete is missed");
    }

    @Override
    public List<String> warnings(Connection connection, Table table) throws SQLException {
        List<String> warnings = new ArrayList<>();
        if (table.key().isEmpty()) {
            warnings.add(table.name() + " has no primary key: it is captured, but its changes have no order among"
                    + " themselves and can't be applied to another table");
        }
        for (String trigger : earlierTriggers(connection, table.name())) {
            warnings.add(
                    table.name() + ": the trigger \"" + trigger + "\" was made after ours and so fires before them:"
                            + " what it writes to the same row is recorded before the write that caused it; installing again makes"
                            + " ours fire first");
        }
        return warnings;
    }

    @Override
    public List<String> grants() {
        return List.of("write access to the database's file and folder");
    }

    private static List<String> earlierTriggers(Connection connection, String table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (var statement = connection.prepareStatement(EARLIER)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        return names;
    }
}
