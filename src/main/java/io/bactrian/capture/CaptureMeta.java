package io.bactrian.capture;

import io.bactrian.database.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of our {@code meta} table in the user's database: who may collect, and what it noted there. Each method works
 * in the caller's transaction.
 */
final class CaptureMeta {
    static final String VERSION = "version";
    /** The id of the store that may collect; empty where none has claimed it. */
    static final String OWNER = "owner";

    static final String EPOCH = "epoch";

    private final String table;

    CaptureMeta(Database database) {
        this.table = database.dialect().triggers().ours("meta");
    }

    /** All rows; a name that isn't there is absent. */
    Map<String, String> read(Connection connection) throws SQLException {
        Map<String, String> values = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, value FROM " + table)) {
            while (row.next()) {
                values.put(row.getString(1), row.getString(2));
            }
        }
        return values;
    }

    Optional<String> read(Connection connection, String name) throws SQLException {
        return Optional.ofNullable(read(connection).get(name));
    }

    void write(Connection connection, String name, String value) throws SQLException {
        try (var statement = connection.prepareStatement("UPDATE " + table + " SET value = ? WHERE name = ?")) {
            statement.setString(1, value);
            statement.setString(2, name);
            if (statement.executeUpdate() != 1) {
                throw new SQLException("Table " + table + " has no row '" + name + "'");
            }
        }
    }

    /** Writes if the value is what the caller believes; answers whether it was. */
    boolean replace(Connection connection, String name, String expected, String value) throws SQLException {
        try (var statement =
                connection.prepareStatement("UPDATE " + table + " SET value = ? WHERE name = ? AND value = ?")) {
            for (int i = 0; i < 3; i++) {
                statement.setString(i + 1, List.of(value, name, expected).get(i));
            }
            return statement.executeUpdate() == 1;
        }
    }
}
