package io.bactrian.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One named user database: its pool, its catalog, its transactions with an origin.
 *
 * <p>Thread-safe. Every failure of the database is a {@link DatabaseException} whose kind says what a caller can do;
 * what the work itself throws passes through unchanged.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** How long a connection, or the turn to write, is waited for. */
    private static final long PATIENCE_MILLIS = 5_000;

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** Work of several pieces. */
    @FunctionalInterface
    public interface Together<X extends Exception> {
        void run() throws X;
    }

    private final DatabaseSettings settings;
    private final Dialect dialect;
    private final HikariDataSource pool;
    private final Semaphore writers;
    private final Catalog catalog;
    private final ThreadLocal<@Nullable JointTransaction> joint = new ThreadLocal<>();

    private Database(DatabaseSettings settings, Dialect dialect, HikariDataSource pool) {
        this.settings = settings;
        this.dialect = dialect;
        this.pool = pool;
        this.writers = new Semaphore(dialect.writers(), true);
        this.catalog = new Catalog(() -> read(dialect::tables));
    }

    /**
     * Makes the pool without connecting: an unreachable database fails on use, not here.
     *
     * @throws IllegalArgumentException where the url can't work, with the remedy
     */
    public static Database open(DatabaseSettings settings) {
        return open(settings, Math.min(2, settings.poolSize()));
    }

    /** The same, though it doesn't connect in the background either: only use does. */
    public static Database unconnected(DatabaseSettings settings) {
        return open(settings, 0);
    }

    private static Database open(DatabaseSettings settings, int idle) {
        Dialect dialect = Dialects.of(settings);
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setJdbcUrl(settings.url());
        if (settings.username() != null && !settings.username().isEmpty()) {
            config.setUsername(settings.username());
        }
        if (settings.password() != null && !settings.password().isEmpty()) {
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        // Negative: the pool starts without a connection, so the platform starts before its databases do.
        config.setInitializationFailTimeout(-1);
        dialect.configure(config);
        return new Database(settings, dialect, new HikariDataSource(config));
    }

    public String name() {
        return settings.name();
    }

    /** How it is reached. */
    public DatabaseSettings settings() {
        return settings;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** The pool. Its connections commit each statement unless told otherwise, and carry no origin. */
    public DataSource dataSource() {
        return pool;
    }

    /** The tables, read once and again after {@link Catalog#refresh()}. */
    public Catalog catalog() {
        return catalog;
    }

    /**
     * Runs work in one transaction whose writes carry this chain of parties as origin (none: a plain write); rolls back
     * where it throws. Must not be nested: on a product with one writer the inner one would wait for the outer.
     */
    public <T> T transaction(List<String> origin, Work<T> work) {
        return transaction(origin, null, work);
    }

    /**
     * The same for work that writes directly to this table only: so that what the user's own triggers write to others in
     * consequence carries no origin on any product.
     */
    public <T> T transaction(List<String> origin, @Nullable String table, Work<T> work) {
        JointTransaction open = joint.get();
        if (open != null) {
            return open.write(origin, table, work);
        }
        awaitTurn();
        try (Connection connection = pool.getConnection()) {
            dialect.beginWriting(connection);
            return within(connection, () -> {
                if (!origin.isEmpty()) {
                    dialect.setOrigin(connection, origin, table);
                }
                T result = work.with(connection);
                if (!origin.isEmpty()) {
                    dialect.clearOrigin(connection);
                }
                connection.commit();
                return result;
            });
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            writers.release();
        }
    }

    /**
     * Runs work that is one statement, which is a transaction of its own and says itself whom it is for; in a joint
     * transaction it becomes part of that, and is stamped with this origin before.
     */
    public <T> T statement(List<String> origin, Work<T> work) {
        JointTransaction open = joint.get();
        if (open != null) {
            return open.write(origin, null, work);
        }
        try (Connection connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /**
     * Runs work during which all that this thread does by {@link #transaction}, {@link #statement} and {@link #read} is
     * one transaction, each piece with its own origin. It begins with the first piece, waits shortly for locks, and
     * commits at the end, unless a piece failed: then that failure is thrown, whatever became of it in between.
     *
     * @throws X what the work throws; nothing is committed then
     * @throws IllegalStateException within itself
     */
    public <X extends Exception> void jointly(Together<X> work) throws X {
        if (isJoint()) {
            throw new IllegalStateException("Database " + name() + ": a joint transaction can't be nested");
        }
        JointTransaction open = new JointTransaction(this);
        joint.set(open);
        try {
            work.run();
            open.commit();
        } finally {
            joint.remove();
            open.end();
        }
    }

    /** Whether this thread's work is part of {@link #jointly} now. */
    public boolean isJoint() {
        return joint.get() != null;
    }

    Connection beginJointly() throws SQLException {
        awaitTurn();
        Connection connection = null;
        try {
            connection = pool.getConnection();
            dialect.beginWritingJointly(connection);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            endJointly(connection);
            throw e;
        }
    }

    /** What isn't committed is rolled back by the pool, or given up with the connection. */
    void endJointly(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("Database {}: a connection that couldn't be given back", name(), e);
        } finally {
            writers.release();
        }
    }

    /** Runs a read in one transaction that is rolled back: nothing it writes is kept. */
    public <T> T read(Work<T> work) {
        JointTransaction open = joint.get();
        // Before that there is nothing of its own to see, and a read mustn't wait for its turn to write.
        if (open != null && open.isBegun()) {
            return open.run(work);
        }
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            return within(connection, () -> {
                T result = work.with(connection);
                connection.rollback();
                return result;
            });
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** The exception that callers of this room get for a driver's. */
    public DatabaseException failure(SQLException e) {
        if (e instanceof SQLTransientConnectionException) {
            // The pool's own: it gave no connection in time; its cause, where there is one, says why none could be
            // made.
            String reason = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
            return new DatabaseException(
                    DatabaseException.Kind.UNREACHABLE, "Database " + name() + ": " + e.getMessage() + reason, e);
        }
        return new DatabaseException(dialect.classify(e), "Database " + name() + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        pool.close();
    }

    private interface Steps<T> {
        T run() throws SQLException;
    }

    private static <T> T within(Connection connection, Steps<T> steps) throws SQLException {
        try {
            return steps.run();
        } catch (SQLException | RuntimeException | Error e) {
            try {
                connection.rollback();
            } catch (SQLException onRollback) {
                e.addSuppressed(onRollback);
            }
            throw e;
        }
    }

    private void awaitTurn() {
        try {
            if (!writers.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new DatabaseException(
                        DatabaseException.Kind.CONTENDED,
                        "Database " + name() + ": other writers held it for " + PATIENCE_MILLIS + " ms",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(
                    DatabaseException.Kind.OTHER, "Database " + name() + ": interrupted while waiting to write", null);
        }
    }
}
