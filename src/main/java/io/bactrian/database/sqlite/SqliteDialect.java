package io.bactrian.database.sqlite;

import com.zaxxer.hikari.HikariConfig;
import io.bactrian.database.CollectorDialect;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.Dialect;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import io.bactrian.database.WriteDialect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/** SQLite: a file that several processes may open, with one writer at a time. */
public final class SqliteDialect implements Dialect {
    private static final String URL = "jdbc:sqlite:";
    private static final WriteDialect WRITES = new SqliteWrites();
    private static final String SET_ORIGIN = "UPDATE bactrian_context SET origin = ?, \"table\" = ? WHERE id = 1";
    private static final String CLEAR_ORIGIN =
            "UPDATE bactrian_context SET origin = NULL, \"table\" = NULL WHERE id = 1";

    @Override
    public String product() {
        return "SQLite";
    }

    @Override
    public void configure(HikariConfig pool) {
        String file = pool.getJdbcUrl().substring(URL.length());
        if (file.isEmpty() || file.startsWith(":memory:") || file.contains("mode=memory")) {
            throw new IllegalArgumentException(
                    "bactrian.databases." + pool.getPoolName() + ".url=" + pool.getJdbcUrl()
                            + ": each connection would see a database of its own; name a file, such as jdbc:sqlite:data/demo.db");
        }
        pool.addDataSourceProperty("journal_mode", "WAL");
        pool.addDataSourceProperty("synchronous", "FULL");
        pool.addDataSourceProperty("busy_timeout", "10000");
        pool.addDataSourceProperty("foreign_keys", "true");
    }

    /** What begins with a colon, or is a URI itself, is no plain path. */
    @Override
    public String located(String url, Path folder) {
        String file = url.substring(URL.length());
        return file.isEmpty() || file.startsWith(":") || file.startsWith("file:")
                ? url
                : URL + folder.resolve(file).normalize();
    }

    /** SQLite's own waiting sleeps up to 100 ms and is unfair; waiting here is neither. */
    @Override
    public int writers() {
        return 1;
    }

    /**
     * Takes the write lock at once: a transaction that reads first and writes later fails with "database is locked"
     * where another one wrote in between. The driver's own IMMEDIATE mode isn't used since it takes the lock again right
     * after each commit.
     */
    @Override
    public void beginWriting(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("COMMIT");
            try {
                statement.execute("BEGIN IMMEDIATE");
            } catch (SQLException e) {
                // The driver believes that a transaction is open, and will end it.
                statement.execute("BEGIN");
                throw e;
            }
        }
    }

    @Override
    public List<Table> tables(Connection connection) throws SQLException {
        return SqliteCatalog.tables(connection);
    }

    @Override
    public Kind classify(SQLException failure) {
        if (!(failure instanceof SQLiteException sqlite)) {
            return Kind.OTHER;
        }
        String code = sqlite.getResultCode().name();
        if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
            return Kind.CONTENDED;
        }
        if (code.equals("SQLITE_CONSTRAINT_DATATYPE")) {
            return Kind.INVALID_VALUE;
        }
        if (code.startsWith("SQLITE_CONSTRAINT")) {
            return Kind.CONSTRAINT;
        }
        if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_IOERR")) {
            return Kind.UNREACHABLE;
        }
        if (code.startsWith("SQLITE_READONLY")) {
            return Kind.FORBIDDEN;
        }
        return switch (code) {
            case "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_RANGE" -> Kind.INVALID_VALUE;
            case "SQLITE_PERM", "SQLITE_AUTH" -> Kind.FORBIDDEN;
            case "SQLITE_ERROR" -> Kind.INVALID_STATEMENT;
            default -> Kind.OTHER;
        };
    }

    /** In a table of its own, for triggers can't see temporary tables or variables; others never see it uncommitted. */
    @Override
    public void setOrigin(Connection connection, List<String> origin, @Nullable String table) throws SQLException {
        try (var statement = connection.prepareStatement(SET_ORIGIN)) {
            statement.setString(1, String.join(",", origin));
            statement.setString(2, table);
            statement.executeUpdate();
        }
    }

    @Override
    public void clearOrigin(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(CLEAR_ORIGIN)) {
            statement.executeUpdate();
        }
    }

    @Override
    public TriggerDialect triggers() {
        return new SqliteTriggers();
    }

    @Override
    public CollectorDialect collecting() {
        return new SqliteCollecting();
    }

    @Override
    public WriteDialect writes() {
        return WRITES;
    }
}
