package io.bactrian.table;

import io.bactrian.database.DatabaseException;
import io.bactrian.database.RefusedValue;
import io.bactrian.database.RowShape;
import io.bactrian.database.WriteDialect;
import io.bactrian.table.WriteRequest.Claim;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs planned rows on a connection. */
final class RowExecution {
    private static final int BATCH = 1_000;

    /** What became of one row. */
    record Written(
            PlannedRow planned,
            boolean claimed,
            boolean written,
            @Nullable Map<String, @Nullable Object> row) {}

    private RowExecution() {}

    /** All in one statement, which is its own transaction on an autocommitting connection. */
    static Written oneTrip(
            Connection connection, String sql, PlannedRow row, List<String> origin, @Nullable Claim claim)
            throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(sql)) {
            int next = 1;
            if (!origin.isEmpty()) {
                prepared.setString(next++, String.join(",", origin));
            }
            if (claim != null) {
                next = bind(prepared, next, claim);
            }
            row.bind(prepared, next);
            try (ResultSet result = prepared.executeQuery()) {
                result.next();
                boolean written = result.getBoolean(2);
                boolean read = written && row.statement().returning();
                return new Written(
                        row,
                        result.getBoolean(1),
                        written,
                        read ? row.statement().read(result, 3) : null);
            } catch (SQLException e) {
                throw named(e, row, next);
            }
        }
    }

    static boolean claim(Connection connection, WriteDialect dialect, Claim claim) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(dialect.claim())) {
            bind(prepared, 1, claim);
            return prepared.executeUpdate() == 1;
        }
    }

    private static int bind(PreparedStatement prepared, int first, Claim claim) throws SQLException {
        prepared.setString(first, claim.route());
        prepared.setString(first + 1, claim.step());
        prepared.setInt(first + 2, claim.split());
        prepared.setString(first + 3, claim.messageId());
        prepared.setInt(first + 4, claim.generation());
        return first + 5;
    }

    /** @throws DatabaseException where it must be written and wasn't */
    static Written one(Connection connection, PlannedRow row) throws SQLException {
        RowStatement statement = row.statement();
        Map<String, @Nullable Object> returned = null;
        boolean written;
        try (PreparedStatement prepared = connection.prepareStatement(statement.sql())) {
            row.bind(prepared, 1);
            if (statement.returning()) {
                try (ResultSet result = prepared.executeQuery()) {
                    written = result.next();
                    returned = written ? statement.read(result, 1) : null;
                }
            } else {
                written = prepared.executeUpdate() > 0;
            }
        } catch (SQLException e) {
            throw named(e, row, 1);
        }
        if (!written && row.mustHit()) {
            throw stale(row);
        }
        return new Written(row, true, written, returned);
    }

    /**
     * Rows of one statement that returns nothing, in order; says how many were written.
     *
     * @throws DatabaseException where a row that must be written wasn't
     */
    static int many(PreparedStatement prepared, List<PlannedRow> rows) throws SQLException {
        // A driver may merge a batch into one statement, and that can't overwrite a row twice.
        Set<Object> keys = new HashSet<>();
        int written = 0;
        int from = 0;
        for (int i = 0; i < rows.size(); i++) {
            PlannedRow row = rows.get(i);
            if (i - from == BATCH || !keys.add(sameness(row))) {
                written += run(prepared, rows.subList(from, i));
                from = i;
                keys.clear();
                keys.add(sameness(row));
            }
            row.bind(prepared, 1);
            prepared.addBatch();
        }
        return written + run(prepared, rows.subList(from, rows.size()));
    }

    /** What two rows have in common that are the same row; numbers and texts alike, since they may be bound alike. */
    private static Object sameness(PlannedRow row) {
        return row.statement().shape().kind() == RowShape.Kind.UPSERT
                ? String.valueOf(row.key().values())
                : row;
    }

    private static int run(PreparedStatement prepared, List<PlannedRow> rows) throws SQLException {
        int written = 0;
        int[] counts;
        try {
            counts = prepared.executeBatch();
        } catch (BatchUpdateException e) {
            // Its own message is the whole statement with its values.
            SQLException reason = e.getNextException();
            throw named(reason == null ? e : reason, rows.get(0), 1);
        }
        for (int i = 0; i < counts.length; i++) {
            // A merged batch doesn't say, for it wrote every row.
            boolean hit = counts[i] > 0 || counts[i] == Statement.SUCCESS_NO_INFO;
            if (!hit && rows.get(i).mustHit()) {
                throw stale(rows.get(i));
            }
            written += hit ? 1 : 0;
        }
        return written;
    }

    /**
     * The failure to throw.
     *
     * @param first the row's first parameter; a merged batch has the rows' parameters one after the other
     * @throws DatabaseException instead, naming the column, where the product says which parameter it refused
     */
    private static SQLException named(SQLException failure, PlannedRow row, int first) {
        RowStatement statement = row.statement();
        OptionalInt refused = statement.dialect().refusedParameter(failure);
        if (refused.isPresent() && refused.getAsInt() >= first) {
            int position = (refused.getAsInt() - first) % statement.parameters().size();
            throw RefusedValue.of(statement.parameters().get(position), failure);
        }
        return failure;
    }

    static DatabaseException stale(PlannedRow row) {
        RowShape shape = row.statement().shape();
        return new DatabaseException(
                DatabaseException.Kind.CONSTRAINT,
                "Table " + shape.table().name() + ": row " + row.key()
                        + " is gone or its version moved on; read it again",
                null);
    }
}
