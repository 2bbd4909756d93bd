package io.bactrian.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;

/**
 * One SQLite file of ours, and how it is opened: in WAL mode, so that readers and the one writer never wait for each
 * other, and with {@code synchronous=FULL}, so that a commit that returned survives a loss of power.
 *
 * <p>Thread-safe; the connections it makes belong to one thread at a time and are in auto-commit mode (transactions are
 * begun by SQL, since the driver's own mode would begin the next one right after a commit and keep the lock).
 */
public record SqliteFile(Path path) {
    /** Readers and writer don't block each other; this is for checkpoints and for people with a SQL shell. */
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;

    /** A connection that writes; makes the file where there is none. */
    public Connection writer() throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        return config.createConnection(url());
    }

    /**
     * A connection that writes what may be lost: commits aren't synced, so a loss of power may undo the last ones, but
     * leaves the file sound. What is deleted can be given back to the disk ({@code PRAGMA incremental_vacuum}).
     */
    public Connection unsyncedWriter() throws SQLException {
        Connection connection = config().createConnection(url());
        try {
            // Before the first write, which WAL mode would already be.
            execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            execute(connection, "PRAGMA journal_mode = WAL");
            execute(connection, "PRAGMA synchronous = NORMAL");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that can only read. */
    public Connection reader() throws SQLException {
        Connection connection = config().createConnection(url());
        try {
            // Not opened read-only: a reader must be able to make the WAL's index after a crash.
            execute(connection, "PRAGMA query_only = 1");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Runs one statement that returns nothing. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether the disk (or the quota) has no room left. */
    public static boolean saysDiskFull(SQLException failure) {
        return (failure.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_FULL.code;
    }

    String url() {
        return "jdbc:sqlite:" + path.toAbsolutePath();
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config;
    }
}
