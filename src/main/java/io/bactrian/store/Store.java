package io.bactrian.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingDeque;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The platform's own database, {@code store.db} in the data directory, and the lock on that directory.
 *
 * <p>At most one process has a directory open (invariant 15). Reads run on the caller's thread and see what is
 * committed; writes run one after another on the store's own thread and commit in groups. Thread-safe.
 */
public final class Store implements AutoCloseable {
    /** Work on one of the store's connections; it leaves transactions and the connection's settings alone. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        T with(Connection connection) throws SQLException;
    }

    private static final int IDLE_READERS = 4;

    private final Path directory;
    private final DirectoryLock lock;
    private final SqliteFile file;
    private final StoreWriter writer;
    private final LinkedBlockingDeque<Connection> readers = new LinkedBlockingDeque<>(IDLE_READERS);
    private final String id;
    private volatile boolean closed;

    private Store(Path directory, DirectoryLock lock, SqliteFile file, String id) {
        this.directory = directory;
        this.lock = lock;
        this.file = file;
        this.id = id;
        this.writer = new StoreWriter(file);
    }

    /**
     * Locks the directory (made where there is none), migrates the tables, starts the writer.
     *
     * @throws StoreException where another process has the directory, or it can't be used: with the remedy
     */
    public static Store open(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw StoreException.of("Can't make " + directory, e);
        }
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            SqliteFile file = new SqliteFile(directory.resolve("store.db"));
            migrate(file);
            Store store = new Store(directory, lock, file, identify(file));
            store.writer.start();
            return store;
        } catch (FlywayException | SQLException e) {
            lock.close();
            throw new StoreException("Can't open " + directory.resolve("store.db") + ": " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /**
     * The id of the store in this directory, also while a process has it open; empty where there is none yet.
     *
     * @throws StoreException where it can't be read
     */
    public static Optional<String> idIn(Path directory) {
        Path path = directory.resolve("store.db");
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (Connection connection = new SqliteFile(path).reader()) {
            return Optional.ofNullable(id(connection));
        } catch (SQLException e) {
            throw new StoreException("Can't read " + path + ": " + e.getMessage(), e);
        }
    }

    /** Names this store for ever; a user database's {@code meta.owner} holds it. */
    public String id() {
        return id;
    }

    public Path directory() {
        return directory;
    }

    /**
     * Runs a read on the caller's thread, on a read-only connection, in one snapshot.
     *
     * @throws StoreException where it fails
     */
    public <T extends @Nullable Object> T read(Work<T> work) {
        if (closed) {
            throw new StoreException("The store is closed");
        }
        Connection connection = readers.poll();
        try {
            if (connection == null) {
                connection = file.reader();
            }
            SqliteFile.execute(connection, "BEGIN");
            T result = work.with(connection);
            SqliteFile.execute(connection, "COMMIT");
            giveBack(connection);
            connection = null;
            return result;
        } catch (SQLException e) {
            throw new StoreException("The store can't be read: " + e.getMessage(), e);
        } finally {
            discard(connection);
        }
    }

    /**
     * Queues a write; the future completes when it is on disk, grouped with others, each all or nothing.
     *
     * <p>Futures complete in the order of the writes, on the store's thread: what hangs on them must neither block nor
     * wait for another write. They complete with the work's own unchecked exception, or a {@link StoreException}.
     */
    public <T extends @Nullable Object> CompletableFuture<T> write(Work<T> work) {
        return writer.write(work);
    }

    /** A write that the caller waits for; not for the store's own thread. */
    public <T extends @Nullable Object> T writeNow(Work<T> work) {
        try {
            return write(work).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Writes what is queued, then lets go of the directory. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        writer.close();
        for (Connection reader = readers.poll(); reader != null; reader = readers.poll()) {
            discard(reader);
        }
        lock.close();
    }

    private void giveBack(Connection connection) {
        if (closed || !readers.offer(connection)) {
            discard(connection);
        }
    }

    private static void discard(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // A reader's connection holds nothing to lose.
            return;
        }
    }

    private static void migrate(SqliteFile file) throws SQLException {
        // WAL mode is a property of the file: set it once, here, before anything else opens it.
        file.writer().close();
        Flyway.configure(Store.class.getClassLoader())
                .dataSource(file.url(), null, null)
                .locations("classpath:store")
                .loggers("slf4j")
                .load()
                .migrate();
    }

    private static String identify(SqliteFile file) throws SQLException {
        try (Connection connection = file.writer()) {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR IGNORE INTO store (name, value) VALUES ('id', ?)")) {
                insert.setString(1, UUID.randomUUID().toString());
                insert.executeUpdate();
            }
            return Objects.requireNonNull(id(connection));
        }
    }

    private static @Nullable String id(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT value FROM store WHERE name = 'id'");
                ResultSet row = query.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
