package io.bactrian.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** SEAM (to be implemented): the platform's own database, {@code data/store.db}. */
public final class Store implements AutoCloseable {
    /** Work on one of the store's connections. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private Store() {}

    /** Locks the directory (one process), migrates, starts the writer. */
    public static Store open(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Names this store for ever; a user database's {@code meta.owner} holds it. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    public Path directory() {
        throw new UnsupportedOperationException();
    }

    /** Runs a read on the caller's thread, on a read-only connection. */
    public <T> T read(Work<T> work) {
        throw new UnsupportedOperationException();
    }

    /** Queues a write; the future completes when it is on disk, grouped with others, each all or nothing. */
    public <T> CompletableFuture<T> write(Work<T> work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
