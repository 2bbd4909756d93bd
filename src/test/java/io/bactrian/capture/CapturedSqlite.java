package io.bactrian.capture;

import io.bactrian.database.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

final class CapturedSqlite extends CapturedDatabase {
    private final Path file;

    CapturedSqlite(Path file) {
        this.file = file;
        execute("PRAGMA journal_mode = WAL", "CREATE TABLE item (id INTEGER PRIMARY KEY, version INT, note TEXT)");
    }

    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + file, null, null, 2);
    }

    @Override
    Connection connect() throws SQLException {
        Connection connection = super.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 20000");
        }
        return connection;
    }

    @Override
    void begin(Connection connection) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    void end(Connection connection, boolean commit) throws SQLException {
        execute(connection, commit ? "COMMIT" : "ROLLBACK");
    }

    @Override
    void install() {
        execute(
                """
                CREATE TABLE bactrian_change (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, "transaction" TEXT NOT NULL DEFAULT '',
                    "table" TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, old TEXT, new TEXT, origin TEXT,
                    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))
                """,
                "CREATE TABLE bactrian_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
                "INSERT INTO bactrian_meta VALUES ('version', '1'), ('owner', ''), ('epoch', '0'), ('token', '')",
                """
                CREATE TRIGGER bactrian_i AFTER INSERT ON item BEGIN
                    INSERT INTO bactrian_change ("table", operation, key, new)
                    VALUES ('item', 'i', json_object('id', NEW.id),
                        json_object('id', NEW.id, 'version', NEW.version, 'note', NEW.note));
                END
                """,
                """
                CREATE TRIGGER bactrian_u AFTER UPDATE ON item BEGIN
                    INSERT INTO bactrian_change ("table", operation, key, old, new)
                    VALUES ('item', CASE WHEN OLD.id = NEW.id THEN 'u' ELSE 'k' END, json_object('id', NEW.id),
                        json_object('id', OLD.id, 'version', OLD.version, 'note', OLD.note),
                        json_object('id', NEW.id, 'version', NEW.version, 'note', NEW.note));
                END
                """,
                """
                CREATE TRIGGER bactrian_d AFTER DELETE ON item BEGIN
                    INSERT INTO bactrian_change ("table", operation, key, old)
                    VALUES ('item', 'd', json_object('id', OLD.id),
                        json_object('id', OLD.id, 'version', OLD.version, 'note', OLD.note));
                END
                """);
    }

    @Override
    void uninstall() {
        execute(
                "DROP TRIGGER bactrian_i",
                "DROP TRIGGER bactrian_u",
                "DROP TRIGGER bactrian_d",
                "DROP TABLE bactrian_change",
                "DROP TABLE bactrian_meta");
    }

    @Override
    void truncate() {
        execute(
                "INSERT INTO bactrian_change (\"table\", operation, key, origin) VALUES ('item', 't', '{}', 'crm,shop')");
    }

    @Override
    void loseChangesAfter(long seq) {
        execute(
                "DELETE FROM bactrian_change WHERE seq > " + seq,
                "UPDATE sqlite_sequence SET seq = " + seq + " WHERE name = 'bactrian_change'");
    }

    @Override
    void backup() {
        execute("VACUUM INTO '" + file + ".backup'");
    }

    @Override
    void restore() throws Exception {
        dropLogs();
        Files.move(Path.of(file + ".backup"), file, StandardCopyOption.REPLACE_EXISTING);
        execute("PRAGMA journal_mode = WAL");
    }

    @Override
    void takeAway() throws Exception {
        Files.move(file.getParent(), Path.of(file.getParent() + ".away"));
    }

    @Override
    void bringBack() throws Exception {
        Files.move(Path.of(file.getParent() + ".away"), file.getParent());
    }

    @Override
    String ours() {
        return "bactrian_";
    }

    private void dropLogs() throws Exception {
        Files.deleteIfExists(Path.of(file + "-wal"));
        Files.deleteIfExists(Path.of(file + "-shm"));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
