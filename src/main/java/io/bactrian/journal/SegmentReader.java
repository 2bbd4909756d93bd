package io.bactrian.journal;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.store.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one segment file over a connection of its own. For one thread at a time. */
final class SegmentReader implements AutoCloseable {
    private static final Map<String, Operation> OPERATIONS =
            Stream.of(Operation.values()).collect(Collectors.toMap(Operation::word, operation -> operation));

    private final Segment segment;
    private final Connection connection;
    private final PreparedStatement page;
    private final PreparedStatement probe;

    SegmentReader(Segment segment) throws SQLException {
        this.segment = segment;
        connection = new SqliteFile(segment.path()).reader();
        page = connection.prepareStatement("""
                SELECT position, epoch, seq, operation, collected, time, "table", key, key_before, "transaction",
                       origin, before, after
                FROM change WHERE position > ? ORDER BY position LIMIT ?
                """);
        probe = connection.prepareStatement(
                "SELECT position, collected FROM change WHERE position >= ? ORDER BY position LIMIT 1");
    }

    Segment segment() {
        return segment;
    }

    /** At most {@code limit} changes after the position. */
    List<Change> read(String database, long position, int limit, Function<String, RowType> rowTypes)
            throws SQLException {
        page.setLong(1, position);
        page.setInt(2, limit);
        List<Change> changes = new ArrayList<>(Math.min(limit, 1024));
        try (ResultSet row = page.executeQuery()) {
            while (row.next()) {
                changes.add(change(database, row, rowTypes));
            }
        }
        return changes;
    }

    /**
     * Goes through the changes of a range that a condition lets through, for as long as the sink takes more.
     *
     * @return whether the sink took all of them
     */
    boolean search(
            String database,
            Range range,
            Condition condition,
            Function<String, RowType> rowTypes,
            Predicate<Change> sink)
            throws SQLException {
        String sql = """
                SELECT position, epoch, seq, operation, collected, time, "table", key, key_before, "transaction",
                       origin, before, after
                FROM change WHERE position > ? AND position <= ?
                """ + condition.sql() + " ORDER BY position" + (range.descending() ? " DESC" : "");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, range.after());
            statement.setLong(2, range.to());
            for (int i = 0; i < condition.values().size(); i++) {
                statement.setString(3 + i, condition.values().get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (!sink.test(change(database, row, rowTypes))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Where a change stands, among the positions of a range; empty where it isn't there. */
    OptionalLong position(Range range, long epoch, long seq) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT position FROM change WHERE position > ? AND position <= ? AND seq = ? AND epoch = ?")) {
            statement.setLong(1, range.after());
            statement.setLong(2, range.to());
            statement.setLong(3, seq);
            statement.setLong(4, epoch);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** The nearest position after one, or, descending, before it; empty where there is none. */
    OptionalLong next(long position, boolean descending) throws SQLException {
        String sql = descending
                ? "SELECT position FROM change WHERE position < ? ORDER BY position DESC LIMIT 1"
                : "SELECT position FROM change WHERE position > ? ORDER BY position LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, position);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Positions after one, up to another one, and in which direction. */
    record Range(long after, long to, boolean descending) {}

    /** What of a range is wanted: SQL that begins with AND, or nothing, and its parameters. */
    record Condition(String sql, List<String> values) {}

    /** The first position collected at or after a time, by bisection: {@code collected} grows with the position. */
    OptionalLong firstSince(long micros, long from, long to) throws SQLException {
        long low = from;
        long high = to + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            probe.setLong(1, middle);
            try (ResultSet row = probe.executeQuery()) {
                if (!row.next() || row.getLong(1) >= high || row.getLong(2) >= micros) {
                    high = middle;
                } else {
                    low = row.getLong(1) + 1;
                }
            }
        }
        // What lies there may be no change, but what a gap left out.
        probe.setLong(1, low);
        try (ResultSet row = probe.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    /** When the segment's last change was collected; empty where it holds none. */
    OptionalLong lastCollected() throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT collected FROM change ORDER BY position DESC LIMIT 1");
                ResultSet row = query.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    @SuppressWarnings("NullAway") // Sound: the columns read without a check are declared NOT NULL.
    private static Change change(String database, ResultSet row, Function<String, RowType> rowTypes)
            throws SQLException {
        String table = row.getString(7);
        String origin = row.getString(11);
        return new Change(
                new ChangeId(database, row.getLong(2), row.getLong(3)),
                row.getLong(1),
                table,
                OPERATIONS.get(row.getString(4)),
                row.getString(8),
                row.getString(9),
                row.getString(12),
                row.getString(13),
                row.getString(10),
                origin == null ? List.of() : List.of(origin.split(",")),
                instant(row.getLong(6)),
                instant(row.getLong(5)),
                rowTypes.apply(table));
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
