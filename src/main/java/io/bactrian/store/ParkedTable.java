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

/** Changes that wait for their next try. Each method is one statement on the caller's connection. */
public final class ParkedTable {
    /**
     * One parked change.
     *
     * @param batch position of the first change of the delivery it failed in, its own where it failed alone
     * @param change the whole change as JSON, empty in {@link #waiting}
     * @param attempts how often it was tried; 0 where it waits behind another of its key
     * @param retries those of the attempts that the schedule made
     * @param generation that it is delivered in
     */
    public record Row(
            long position,
            long batch,
            String table,
            String key,
            @Nullable String keyBefore,
            String operation,
            String change,
            int attempts,
            int retries,
            @Nullable Instant nextTry,
            @Nullable Instant firstFailed,
            @Nullable String error,
            int generation) {}

    private static final String WITHOUT_CHANGE =
            "position, batch, table_name, lane_key, lane_key_before, operation, '' AS change, attempts, retries,"
                    + " next_try, first_failed, error, generation";

    private ParkedTable() {}

    /** Inserts the row, or puts it in the place of the one at its position: a write may have to be made again. */
    public static void put(Connection connection, String subscription, Row row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT OR REPLACE INTO parked_change (subscription, position, batch, table_name, lane_key,
                    lane_key_before, operation, change, attempts, retries, next_try, first_failed, error,
                    generation)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            statement.setString(1, subscription);
            statement.setLong(2, row.position());
            statement.setLong(3, row.batch());
            statement.setString(4, row.table());
            statement.setString(5, row.key());
            statement.setString(6, row.keyBefore());
            statement.setString(7, row.operation());
            statement.setString(8, row.change());
            statement.setInt(9, row.attempts());
            statement.setInt(10, row.retries());
            statement.setString(11, Times.text(row.nextTry()));
            statement.setString(12, Times.text(row.firstFailed()));
            statement.setString(13, row.error());
            statement.setInt(14, row.generation());
            statement.executeUpdate();
        }
    }

    /** Notes a failed try of the change at the row's position. */
    public static void failedAgain(Connection connection, String subscription, Row row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE parked_change SET attempts = ?, retries = ?, next_try = ?, first_failed = ?, error = ?
                WHERE subscription = ? AND position = ?
                """)) {
            statement.setInt(1, row.attempts());
            statement.setInt(2, row.retries());
            statement.setString(3, Times.text(row.nextTry()));
            statement.setString(4, Times.text(row.firstFailed()));
            statement.setString(5, row.error());
            statement.setString(6, subscription);
            statement.setLong(7, row.position());
            statement.executeUpdate();
        }
    }

    /** All that are parked, in position order, without their changes. */
    public static List<Row> waiting(Connection connection, String subscription) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT " + WITHOUT_CHANGE + " FROM parked_change WHERE subscription = ? ORDER BY position")) {
            statement.setString(1, subscription);
            return rows(statement);
        }
    }

    /** The parked change at a position, whole. */
    public static Optional<Row> find(Connection connection, String subscription, long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM parked_change WHERE subscription = ? AND position = ?")) {
            statement.setString(1, subscription);
            statement.setLong(2, position);
            return rows(statement).stream().findFirst();
        }
    }

    /** The position of what a parked change waits behind: of its key, else of all; its own where it leads. */
    public static long leader(Connection connection, String subscription, Row row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT position FROM parked_change WHERE subscription = ?1 AND position <= ?2
                ORDER BY table_name <> ?3 OR lane_key NOT IN (?4, ?5), position LIMIT 1
                """)) {
            statement.setString(1, subscription);
            statement.setLong(2, row.position());
            statement.setString(3, row.table());
            statement.setString(4, row.key());
            statement.setString(5, row.keyBefore() == null ? row.key() : row.keyBefore());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getLong(1) : row.position();
            }
        }
    }

    public static void delete(Connection connection, String subscription, long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM parked_change WHERE subscription = ? AND position = ?")) {
            statement.setString(1, subscription);
            statement.setLong(2, position);
            statement.executeUpdate();
        }
    }

    /** Removes what is parked after a position; says how many. */
    public static int deleteAfter(Connection connection, String subscription, long position) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM parked_change WHERE subscription = ? AND position > ?")) {
            statement.setString(1, subscription);
            statement.setLong(2, position);
            return statement.executeUpdate();
        }
    }

    public static long count(Connection connection, String subscription) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM parked_change WHERE subscription = ?")) {
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
                        result.getLong("position"),
                        result.getLong("batch"),
                        result.getString("table_name"),
                        result.getString("lane_key"),
                        result.getString("lane_key_before"),
                        result.getString("operation"),
                        result.getString("change"),
                        result.getInt("attempts"),
                        result.getInt("retries"),
                        Times.instant(result.getString("next_try")),
                        Times.instant(result.getString("first_failed")),
                        result.getString("error"),
                        result.getInt("generation")));
            }
            return rows;
        }
    }
}
