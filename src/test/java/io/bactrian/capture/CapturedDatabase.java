package io.bactrian.capture;

import io.bactrian.database.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** A user database with one captured table, {@code item(id, version, note)}. */
abstract class CapturedDatabase {
    abstract DatabaseSettings settings();

    /** Makes the table where there is none, and installs capture on it. */
    abstract void install();

    abstract void uninstall();

    /** Writes a truncation by crm, then shop, whether or not the product has such a thing. */
    abstract void truncate();

    /** As if the changes after a sequence number had never been made: their numbers will be given out again. */
    abstract void loseChangesAfter(long seq);

    abstract void backup() throws Exception;

    abstract void restore() throws Exception;

    /** Makes it unreachable. */
    abstract void takeAway() throws Exception;

    abstract void bringBack() throws Exception;

    /** Begins a transaction that writes. */
    abstract void begin(Connection connection) throws SQLException;

    abstract void end(Connection connection, boolean commit) throws SQLException;

    /** The prefix of our tables. */
    abstract String ours();

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                settings().url(), settings().username(), settings().password());
    }

    final void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    final void insert(int id) {
        insert(id, "");
    }

    /** One transaction each. */
    final void insertAll(int from, int to) {
        try (Connection connection = connect()) {
            for (int id = from; id < to; id++) {
                insert(connection, id, "");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    final void insert(int id, String note) {
        try (Connection connection = connect()) {
            insert(connection, id, note);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    final void insert(Connection connection, int id) throws SQLException {
        insert(connection, id, "");
    }

    private static void insert(Connection connection, int id, String note) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO item (id, version, note) VALUES (?, 0, ?)")) {
            statement.setInt(1, id);
            statement.setString(2, note);
            statement.executeUpdate();
        }
    }

    final long count(Connection connection) throws SQLException {
        return number(connection, "SELECT count(*) FROM item");
    }

    /** Rows in the trigger table. */
    final long waiting() throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, "SELECT count(*) FROM " + ours() + "change");
        }
    }

    final void setMeta(String name, String value) {
        execute("UPDATE " + ours() + "meta SET value = '" + value + "' WHERE name = '" + name + "'");
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
