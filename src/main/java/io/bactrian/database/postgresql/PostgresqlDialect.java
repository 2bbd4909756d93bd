package io.bactrian.database.postgresql;

import com.zaxxer.hikari.HikariConfig;
import io.bactrian.database.CollectorDialect;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.Dialect;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import io.bactrian.database.WriteDialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL. */
public final class PostgresqlDialect implements Dialect {
    private static final WriteDialect WRITES = new PostgresqlWrites();
    private static final String SET_ORIGIN = "SELECT set_config('bactrian.origin', ?, true)";

    @Override
    public String product() {
        return "PostgreSQL";
    }

    @Override
    public void configure(HikariConfig pool) {
        pool.addDataSourceProperty("ApplicationName", "bactrian");
        pool.addDataSourceProperty("connectTimeout", "10");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        // What is read comes in the form in which it is captured.
        pool.addDataSourceProperty("options", "-c IntervalStyle=iso_8601");
    }

    @Override
    public int writers() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void beginWriting(Connection connection) throws SQLException {
        // The driver sends BEGIN along with the first statement.
        connection.setAutoCommit(false);
    }

    /** Less than the second after which the server looks for deadlocks. */
    @Override
    public void beginWritingJointly(Connection connection) throws SQLException {
        beginWriting(connection);
        try (var statement = connection.prepareStatement("SET LOCAL lock_timeout = '250ms'")) {
            statement.execute();
        }
    }

    @Override
    public List<Table> tables(Connection connection) throws SQLException {
        return PostgresqlCatalog.tables(connection);
    }

    /** By SQLSTATE: appendix A of the PostgreSQL manual. */
    @Override
    public Kind classify(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || state.length() < 2) {
            return Kind.OTHER;
        }
        switch (state) {
            case "57P01", "57P02", "57P03", "53300", "3D000" -> {
                // Shut down, crashed, starting, full of connections, or not there (yet).
                return Kind.UNREACHABLE;
            }
            case "55P03" -> {
                return Kind.CONTENDED;
            }
            case "42501" -> {
                return Kind.FORBIDDEN;
            }
            case "P0001" -> {
                // What a user's trigger raised is a rule of the data as a constraint is.
                return Kind.CONSTRAINT;
            }
            default -> {
                return ofClass(state.substring(0, 2));
            }
        }
    }

    private static Kind ofClass(String stateClass) {
        return switch (stateClass) {
            case "08" -> Kind.UNREACHABLE;
            case "40" -> Kind.CONTENDED;
            case "23", "44" -> Kind.CONSTRAINT;
            // 54: larger than an index, a row or the product can hold.
            case "22", "54" -> Kind.INVALID_VALUE;
            case "28" -> Kind.FORBIDDEN;
            // 0A: what the product never does, such as TRUNCATE of a table that another refers to. 21: two rows of one
            // key.
            case "42", "3F", "0A", "21" -> Kind.INVALID_STATEMENT;
            default -> Kind.OTHER;
        };
    }

    /** For this transaction only: commit, rollback and a savepoint's rollback undo it. Triggers know their own depth. */
    @Override
    public void setOrigin(Connection connection, List<String> origin, @Nullable String table) throws SQLException {
        try (var statement = connection.prepareStatement(SET_ORIGIN)) {
            statement.setString(1, String.join(",", origin));
            statement.execute();
        }
    }

    @Override
    public void clearOrigin(Connection connection) {}

    @Override
    public TriggerDialect triggers() {
        return new PostgresqlTriggers();
    }

    @Override
    public CollectorDialect collecting() {
        return new PostgresqlCollecting();
    }

    @Override
    public WriteDialect writes() {
        return WRITES;
    }

    @Override
    public Optional<String> clockQuery() {
        return Optional.of("SELECT clock_timestamp()");
    }
}
