package io.bactrian.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes that were given up on. Each method is one statement on the caller's connection. */
public final class DeadLetterTable {
    /**
     * One dead letter.
     *
     * @param id given by the table, growing; 0 before
     * @param change the whole change as JSON
     */
    public record Row(
            long id,
            String subscription,
            long position,
            String table,
            String change,
            int attempts,
            String error,
            Instant firstFailed,
            Instant died) {}

    private DeadLetterTable() {}

    /** Inserts it; a change that a replay brought to its death again takes the earlier letter's place. */
    public static void put(Connection connection, Row row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT OR REPLACE INTO dead_letter
                    (subscription, position, table_name, change, attempts, error, first_failed, died_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            statement.setString(1, row.subscription());
            statement.setLong(2, row.position());
            statement.setString(3, row.table());
            statement.setString(4, row.change());
            statement.setInt(5, row.attempts());
            statement.setString(6, row.error());
            statement.setString(7, row.firstFailed().toString());
            statement.setString(8, row.died().toString());
            statement.executeUpdate();
        }
    }

    /** Newest first, at most {@code limit} with an id below {@code beforeId}; of all subscriptions where none is named. */
    public static List<Row> list(Connection connection, @Nullable String subscription, long beforeId, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT * FROM dead_letter
                WHERE id < ?1 AND (?2 IS NULL OR subscription = ?2)
                ORDER BY id DESC LIMIT ?3
                """)) {
            statement.setLong(1, beforeId);
            statement.setString(2, subscription);
            statement.setInt(3, limit);
            return rows(statement);
        }
    }

    public static Optional<Row> find(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM dead_letter WHERE id = ?")) {
            statement.setLong(1, id);
            return rows(statement).stream().findFirst();
        }
    }

    /** The dead letter of a subscription's change. */
    public static Optional<Row> at(Connection connection, String subscription, long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM dead_letter WHERE subscription = ? AND position = ?")) {
            statement.setString(1, subscription);
            statement.setLong(2, position);
            return rows(statement).stream().findFirst();
        }
    }

    /** Removes it; false where there is none. */
    public static boolean delete(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM dead_letter WHERE id = ?")) {
            statement.setLong(1, id);
            return statement.executeUpdate() > 0;
        }
    }

    public static long count(Connection connection, String subscription) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM dead_letter WHERE subscription = ?")) {
            statement.setString(1, subscription);
            try (ResultSet result = statement.executeQuery()) {
                return result.getLong(1);
            }
        }
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            List<Row> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(new Row(
                        result.getLong("id"),
                        result.getString("subscription"),
                        result.getLong("position"),
                        result.getString("table_name"),
                        result.getString("change"),
                        result.getInt("attempts"),
                        result.getString("error"),
                        Instant.parse(result.getString("first_failed")),
                        Instant.parse(result.getString("died_at"))));
            }
            return rows;
        }
    }
}
