package io.bactrian.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to the store. It takes what has queued up, runs each write in a savepoint of one
 * transaction, commits once, and only then completes their futures.
 */
final class StoreWriter implements AutoCloseable {
    /** Bounds how long the first write of a group waits for the last one. */
    private static final int LARGEST_GROUP = 512;

    private final SqliteFile file;
    private final LinkedBlockingQueue<Pending<?>> queue = new LinkedBlockingQueue<>();
    private final Pending<Boolean> end = new Pending<>(connection -> true);
    private final Thread thread = new Thread(this::run, "store-writer");
    private boolean closed;

    private @Nullable Connection connection;

    StoreWriter(SqliteFile file) {
        this.file = file;
    }

    void start() {
        thread.start();
    }

    <T> CompletableFuture<T> write(Store.Work<T> work) {
        Pending<T> pending = new Pending<>(work);
        synchronized (queue) {
            if (closed) {
                pending.fail(new StoreException("The store is closed"));
            } else {
                queue.add(pending);
            }
        }
        return pending.done;
    }

    /** Writes what is queued, then ends. */
    @Override
    public void close() {
        synchronized (queue) {
            if (!closed) {
                closed = true;
                queue.add(end);
            }
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // What was accepted gets written: closing takes a moment, and the flag is kept for the caller.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Pending<?>> group = new ArrayList<>();
        boolean going = true;
        while (going) {
            try {
                group.add(queue.take());
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; the end comes through the queue.
                continue;
            }
            queue.drainTo(group, LARGEST_GROUP - 1);
            going = !group.contains(end);
            commit(group);
            group.clear();
        }
        disconnect();
    }

    private void commit(List<Pending<?>> group) {
        try {
            Connection writer = connected();
            SqliteFile.execute(writer, "BEGIN IMMEDIATE");
            for (Pending<?> pending : group) {
                pending.run(writer);
            }
            SqliteFile.execute(writer, "COMMIT");
        } catch (SQLException | RuntimeException | Error e) {
            // The transaction may be half done or its outcome unknown: a new connection begins clean.
            disconnect();
            StoreException failure = new StoreException(file.path() + " can't be written: " + e.getMessage(), e);
            group.forEach(pending -> pending.fail(failure));
            return;
        }
        group.forEach(Pending::complete);
    }

    private Connection connected() throws SQLException {
        Connection writer = connection;
        if (writer == null) {
            writer = file.writer();
            connection = writer;
        }
        return writer;
    }

    private void disconnect() {
        try (Connection last = connection) {
            connection = null;
        } catch (SQLException e) {
            // It held nothing that was reported as written.
            return;
        }
    }

    private static final class Pending<T> {
        final CompletableFuture<T> done = new CompletableFuture<>();
        private final Store.Work<T> work;
        private @Nullable T result;
        private @Nullable Throwable failure;

        Pending(Store.Work<T> work) {
            this.work = work;
        }

        void run(Connection connection) throws SQLException {
            SqliteFile.execute(connection, "SAVEPOINT work");
            try {
                result = work.with(connection);
            } catch (SQLException | RuntimeException e) {
                failure = e;
                // Fails where the error ended the whole transaction (a full disk): then the group fails.
                SqliteFile.execute(connection, "ROLLBACK TO work");
            }
            SqliteFile.execute(connection, "RELEASE work");
        }

        @SuppressWarnings("NullAway") // The work's result may be null where its type says so.
        void complete() {
            if (failure == null) {
                done.complete(result);
            } else {
                fail(
                        failure instanceof RuntimeException
                                ? failure
                                : new StoreException("The store refused a write: " + failure.getMessage(), failure));
            }
        }

        void fail(Throwable cause) {
            done.completeExceptionally(cause);
        }
    }
}
