package io.bactrian.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The SQL by which one product's user tables are read and written, and how values get in and out. Stateless and
 * thread-safe; it returns SQL or values, decides nothing.
 */
public interface WriteDialect {
    /**
     * Writes one row. Parameters: the written columns' values, then (update and delete) the key's, then the version's.
     * With returned columns it is a query of at most one row, else its update count is 1 or 0.
     */
    String statement(RowShape shape);

    /**
     * Stamps, claims and writes one row in one statement that is a transaction of its own, where the product can.
     * Parameters: the origin's parties joined by commas (where stamped), the claim's as for {@link #claim()} (where
     * claimed), then those of {@link #statement}. It is a query of exactly one row: whether the claim was taken now (true
     * where none was asked for), whether a row was written, then the returned columns. Neither stamped nor claimed, it is
     * {@link #statement} itself, where that may run outside {@link Database#transaction}.
     */
    Optional<String> oneTrip(RowShape shape, boolean stamped, boolean claimed);

    /** How many rows are written by one statement, where that is faster than one statement each. */
    Optional<SetWrites> sets();

    /** Takes a claim: route, step, split index, message id, generation; changes one row, or none where it was taken. */
    String claim();

    /** A query that gives a row where the table of claims is there. */
    String claimsTable();

    /** Forgets claims made before the first parameter (ISO 8601, UTC), at most as many as the second says. */
    String purgeClaims();

    /** Statements that empty these tables together, so that foreign keys among them don't matter. */
    List<String> truncate(List<Table> tables);

    /** All columns of rows. Parameters: the values that columns must equal, then the limit and the offset. */
    String query(RowQuery query);

    /**
     * Sets a parameter that stands for this column's value.
     *
     * @param value one of the natural Java types, or the JSON form of one; for a JSON column the text of the JSON
     * @throws DatabaseException ({@code INVALID_VALUE}) naming the column, where it can't hold the value
     */
    void bind(PreparedStatement statement, int index, Column column, @Nullable Object value) throws SQLException;

    /** The natural Java value of a selected or returned column. */
    @Nullable
    Object read(ResultSet row, int index, Column column) throws SQLException;

    /** Which parameter, counted from 1, held a value that doesn't fit its column, where the product says so. */
    OptionalInt refusedParameter(SQLException failure);
}
