package io.bactrian.capture;

import io.bactrian.database.Database;
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
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A user database with one captured table, {@code item(id, version, note)}. */
abstract class CapturedDatabase {
    abstract DatabaseSettings settings();

    abstract void createTable();

    /** Whether an open transaction that has written keeps all other writers out. */
    abstract boolean oneWriter();

    /** Makes the table where there is none, and installs capture on it. */
    final void install() {
        createTable();
        capture(capture -> capture.install(List.of()));
    }

    final void uninstall() {
        capture(capture -> capture.uninstall(List.of()));
    }

    /** Names the store that may collect from now on. */
    final void takeover(String storeId) {
        capture(capture -> capture.takeover(storeId));
    }

    private void capture(Consumer<Capture> work) {
        try (Database database = Database.open(settings())) {
            work.accept(new Capture(
                    database, new CaptureSettings(List.of("item"), List.of(), CaptureSettings.Install.AUTO)));
        }
    }

    /** Writes a truncation by crm, then shop, whether or not the product has such a thing. */
    abstract void truncate();

    /** SQL that emits an event with a payload; the payload, if any, as an SQL literal. */
    abstract String emit(String name, String payload);

    /** SQL that makes the user's own trigger: an insert into item emits {@code item-seen} with the note. */
    abstract String emittingTrigger();

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
