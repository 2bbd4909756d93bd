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
    void createTable() {
        execute(
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, version INT, note TEXT)");
    }

    @Override
    boolean oneWriter() {
        return true;
    }

    @Override
    void truncate() {
        execute(
                "INSERT INTO bactrian_change (\"table\", operation, key, origin) VALUES ('item', 't', '{}', 'crm,shop')");
    }

    @Override
    String emit(String name, String payload) {
        return "INSERT INTO bactrian_emit (name, payload) VALUES ('" + name + "', " + payload + ")";
    }

    @Override
    String emittingTrigger() {
        return """
            CREATE TRIGGER seen AFTER INSERT ON item BEGIN
                INSERT INTO bactrian_emit (name, payload) VALUES ('item-seen', NEW.note);
            END""";
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
