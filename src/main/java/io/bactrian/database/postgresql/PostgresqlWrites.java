package io.bactrian.database.postgresql;

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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Reads and writes PostgreSQL's user tables; one row with its claim and its origin in one round trip. */
final class PostgresqlWrites implements WriteDialect {
    // OVERRIDING: a mirror writes the other side's keys into identity columns too.
    static final OnConflictSql ROWS = new OnConflictSql(PostgresqlValues::selection, " OVERRIDING SYSTEM VALUE");

    /**
     * A source of one row that keeps the driver from merging a batch into one statement: merged, it no longer says
     * which rows were written.
     */
    private static final String ALONE = "(SELECT 1) AS bactrian_one";

    private static final SetWrites SETS = new PostgresqlSets();
    private static final Pattern PARAMETER = Pattern.compile("parameter \\$(\\d{1,5})\\b");

    private static final String CLAIM =
            "INSERT INTO bactrian.applied (route, step, split, message, generation) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

    /**
     * The parts of a one-trip statement. Parts that write are carried out whether anything asks for them or not, in no
     * order; so each reads from the one before, which makes the order: set_config() is done before the first row of the
     * claim is made, and without a row of the claim there is none to write. Triggers see the origin since it is set for
     * the whole transaction, which ends with the statement.
     */
    private static final String ORIGIN =
            "bactrian_origin AS MATERIALIZED (SELECT set_config('bactrian.origin', ?, true))";

    private static final String CLAIMED = """
            bactrian_claim AS (
                INSERT INTO bactrian.applied (route, step, split, message, generation)
                %s
                ON CONFLICT DO NOTHING
                RETURNING 1)""";

    @Override
    public String statement(RowShape shape) {
        return types(shape) + plain(shape);
    }

    /**
     * A prepared statement keeps the types that its parameters had when it was prepared, so that after a column was
     * widened it would refuse what now fits. A text that differs makes the driver prepare it anew.
     */
    static String types(RowShape shape) {
        int types =
                shape.table().columns().stream().map(Column::sqlType).toList().hashCode();
        return "/* " + Integer.toHexString(types) + " */ ";
    }

    private static String plain(RowShape shape) {
        boolean countsMatter = shape.kind() == RowShape.Kind.INSERT_WHERE_ABSENT
                || shape.kind() == RowShape.Kind.UPSERT && shape.version() != null;
        return ROWS.statement(shape, countsMatter ? ALONE : "");
    }

    @Override
    public Optional<String> oneTrip(RowShape shape, boolean stamped, boolean claimed) {
        if (!stamped && !claimed) {
            return Optional.of(statement(shape));
        }
        StringBuilder sql = new StringBuilder(types(shape)).append("WITH ");
        if (stamped) {
            sql.append(ORIGIN).append(",\n");
        }
        if (claimed) {
            sql.append(CLAIMED.formatted(
                            stamped ? "SELECT ?, ?, ?, ?, ? FROM bactrian_origin" : "VALUES (?, ?, ?, ?, ?)"))
                    .append(",\n");
        }
        String source = claimed ? "bactrian_claim" : "bactrian_origin";
        boolean returning = !shape.returned().isEmpty();
        sql.append("bactrian_row AS (\n")
                .append(ROWS.statement(shape, source))
                .append(returning ? ", true AS bactrian_written)\n" : "\nRETURNING true AS bactrian_written)\n");
        sql.append("SELECT ")
                .append(claimed ? "EXISTS (SELECT FROM bactrian_claim)" : "true")
                .append(", bactrian_row.bactrian_written IS NOT NULL");
        for (int i = 0; i < shape.returned().size(); i++) {
            sql.append(", bactrian_row.")
                    .append(OnConflictSql.name(shape.returned().get(i)));
        }
        return Optional.of(sql.append("\nFROM (SELECT 1) AS bactrian_one LEFT JOIN bactrian_row ON true")
                .toString());
    }

    @Override
    public Optional<SetWrites> sets() {
        return Optional.of(SETS);
    }

    @Override
    public String claim() {
        return CLAIM;
    }

    @Override
    public String claimsTable() {
        return "SELECT 1 WHERE to_regclass('bactrian.applied') IS NOT NULL";
    }

    @Override
    public String purgeClaims() {
        // Found by ctid, for only so a DELETE can have a limit.
        return """
                DELETE FROM bactrian.applied WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM bactrian.applied WHERE at < ?::timestamptz LIMIT ?))""";
    }

    @Override
    public List<String> truncate(List<Table> tables) {
        return List.of("TRUNCATE " + tables.stream().map(Table::sqlName).collect(Collectors.joining(", ")));
    }

    @Override
    public String query(RowQuery query) {
        return ROWS.query(query);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Column column, @Nullable Object value)
            throws SQLException {
        PostgresqlValues.bind(statement, index, column, value);
    }

    @Override
    public @Nullable Object read(ResultSet row, int index, Column column) throws SQLException {
        return PostgresqlValues.read(row, index, column);
    }

    /** From the error's context, where the server gives one; a domain's check is a constraint (23), no wrong value. */
    @Override
    public OptionalInt refusedParameter(SQLException failure) {
        ServerErrorMessage error = failure instanceof PSQLException server
                        && String.valueOf(server.getSQLState()).startsWith("22")
                ? server.getServerErrorMessage()
                : null;
        String where = error == null ? null : error.getWhere();
        Matcher parameter = PARAMETER.matcher(where == null ? "" : where);
        return parameter.find() ? OptionalInt.of(Integer.parseInt(parameter.group(1))) : OptionalInt.empty();
    }
}
