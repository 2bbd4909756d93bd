package io.bactrian.database.sqlite;

import io.bactrian.database.Column;
import io.bactrian.database.OnConflictSql;
import io.bactrian.database.RowQuery;
import io.bactrian.database.RowShape;
import io.bactrian.database.SetWrites;
import io.bactrian.database.Table;
import io.bactrian.database.WriteDialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads and writes SQLite's user tables. A round trip costs nothing here: each step is a statement of its own. */
final class SqliteWrites implements WriteDialect {
    // Unqualified: RETURNING doesn't know the table's alias.
    private static final OnConflictSql ROWS = new OnConflictSql(OnConflictSql::name, "");

    @Override
    public String statement(RowShape shape) {
        return ROWS.statement(shape, "");
    }

    /** None: our triggers read the origin from a table, which the same statement can't write. */
    @Override
    public Optional<String> oneTrip(RowShape shape, boolean stamped, boolean claimed) {
        return Optional.empty();
    }

    /** None: a statement for each row costs no round trip, and is as fast. */
    @Override
    public Optional<SetWrites> sets() {
        return Optional.empty();
    }

    @Override
    public String claim() {
        return "INSERT INTO bactrian_applied (route, step, split, message, generation) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    }

    @Override
    public String claimsTable() {
        return "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'bactrian_applied'";
    }

    @Override
    public String purgeClaims() {
        return """
                DELETE FROM bactrian_applied WHERE (route, step, split, message, generation) IN (
                    SELECT route, step, split, message, generation FROM bactrian_applied
                    WHERE julianday(at) < julianday(?) LIMIT ?)""";
    }

    @Override
    public List<String> truncate(List<Table> tables) {
        List<String> statements = new ArrayList<>();
        if (tables.size() > 1) {
            // For this transaction only.
            statements.add("PRAGMA defer_foreign_keys = ON");
        }
        tables.forEach(table -> statements.add("DELETE FROM " + table.sqlName()));
        return statements;
    }

    @Override
    public String query(RowQuery query) {
        return ROWS.query(query);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Column column, @Nullable Object value)
            throws SQLException {
        SqliteValues.bind(statement, index, column, value);
    }

    @Override
    public @Nullable Object read(ResultSet row, int index, Column column) throws SQLException {
        return SqliteValues.read(row, index, column);
    }

    /** Never: SQLite takes every value, and constraints name their columns. */
    @Override
    public OptionalInt refusedParameter(SQLException failure) {
        return OptionalInt.empty();
    }
}
