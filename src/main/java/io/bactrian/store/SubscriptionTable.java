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

/** Where each subscription stands. Each method is one statement on the caller's connection. */
public final class SubscriptionTable {
    /**
     * @param position all changes up to here are done or parked
     * @param state {@code running}, {@code paused} or {@code stopped}
     * @param reason why it is paused or stopped
     * @param orphaned since when no route uses it
     * @param generation of what is read from the journal: 0 until a replay
     * @param beginsAfter changes up to this position were never told; null where that isn't known
     */
    public record Row(
            String name,
            String database,
            long position,
            String state,
            @Nullable String reason,
            Instant created,
            @Nullable Instant orphaned,
            int generation,
            @Nullable Long beginsAfter) {}

    private SubscriptionTable() {}

    public static void insert(Connection connection, Row row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO subscription
                    (name, database, position, state, reason, created_at, orphaned_at, generation, begins_after)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            statement.setString(1, row.name());
            statement.setString(2, row.database());
            statement.setLong(3, row.position());
            statement.setString(4, row.state());
            statement.setString(5, row.reason());
            statement.setString(6, row.created().toString());
            statement.setString(7, Times.text(row.orphaned()));
            statement.setInt(8, row.generation());
            statement.setObject(9, row.beginsAfter());
            statement.executeUpdate();
        }
    }

    public static Optional<Row> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM subscription WHERE name = ?")) {
            statement.setString(1, name);
            return rows(statement).stream().findFirst();
        }
    }

    /** All of them, by name. */
    public static List<Row> all(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM subscription ORDER BY name")) {
            return rows(statement);
        }
    }

    public static void setPosition(Connection connection, String name, long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE subscription SET position = ? WHERE name = ?")) {
            statement.setLong(1, position);
            statement.setString(2, name);
            statement.executeUpdate();
        }
    }

    /** Sets it to a position, in a new generation; where that is further on, notes what it skips. */
    public static void replay(Connection connection, String name, long position) throws SQLException {
        for (String sql : List.of(
                // What was skipped after the position comes now.
                "DELETE FROM skipped_change WHERE from_position > ?1 AND subscription = ?2",
                "UPDATE skipped_change SET to_position = ?1 WHERE to_position > ?1 AND subscription = ?2",
                """
                INSERT INTO skipped_change (subscription, from_position, to_position)
                SELECT name, position + 1, ?1 FROM subscription WHERE position < ?1 AND name = ?2
                """,
                """
                UPDATE subscription SET position = ?1, generation = generations + 1, generations = generations + 1,
                    begins_after = min(begins_after, ?1)
                WHERE name = ?2
                """)) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, position);
                statement.setString(2, name);
                statement.executeUpdate();
            }
        }
    }

    /** Whether an operator let it skip a position. */
    public static boolean isSkipped(Connection connection, String name, long position) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT 1 FROM skipped_change WHERE subscription = ?1 AND ?2 BETWEEN from_position AND to_position")) {
            statement.setString(1, name);
            statement.setLong(2, position);
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Gives out a generation for a single change, not given before nor to be given again; 0 without such a row. */
    public static int newGeneration(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE subscription SET generations = generations + 1 WHERE name = ? RETURNING generations")) {
            statement.setString(1, name);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getInt(1) : 0;
            }
        }
    }

    public static void setState(Connection connection, String name, String state, @Nullable String reason)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE subscription SET state = ?, reason = ? WHERE name = ?")) {
            statement.setString(1, state);
            statement.setString(2, reason);
            statement.setString(3, name);
            statement.executeUpdate();
        }
    }

    public static void setOrphaned(Connection connection, String name, @Nullable Instant since) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE subscription SET orphaned_at = ? WHERE name = ?")) {
            statement.setString(1, Times.text(since));
            statement.setString(2, name);
            statement.executeUpdate();
        }
    }

    /** Removes the subscription with its parked changes and dead letters. */
    public static void delete(Connection connection, String name) throws SQLException {
        for (String sql : List.of(
                "DELETE FROM parked_change WHERE subscription = ?",
                "DELETE FROM dead_letter WHERE subscription = ?",
                "DELETE FROM skipped_change WHERE subscription = ?",
                "DELETE FROM subscription WHERE name = ?")) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, name);
                statement.executeUpdate();
            }
        }
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            List<Row> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(new Row(
                        result.getString("name"),
                        result.getString("database"),
                        result.getLong("position"),
                        result.getString("state"),
                        result.getString("reason"),
                        Instant.parse(result.getString("created_at")),
                        Times.instant(result.getString("orphaned_at")),
                        result.getInt("generation"),
                        result.getObject("begins_after") == null ? null : result.getLong("begins_after")));
            }
            return rows;
        }
    }
}
