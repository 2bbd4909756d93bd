package io.bactrian.database;

import io.bactrian.database.Database.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several pieces of work on one connection, each stamped with its own origin, all or none. Begun with the first piece.
 * After a failure nothing more is done: some products ignore all that follows until the rollback. For one thread.
 */
final class JointTransaction {
    private final Database database;
    private @Nullable Connection connection;
    private List<String> origin = List.of();
    private @Nullable String table;
    private @Nullable RuntimeException failure;

    JointTransaction(Database database) {
        this.database = database;
    }

    boolean isBegun() {
        return connection != null || failure != null;
    }

    /** Stamped like a transaction of its own. */
    <T> T write(List<String> stamp, @Nullable String only, Work<T> work) {
        return run(now -> {
            stamp(now, stamp, only);
            return work.with(now);
        });
    }

    /**
     * Sees what was written here.
     *
     * @throws RuntimeException the first failure, from then on
     */
    <T> T run(Work<T> work) {
        if (failure != null) {
            throw failure;
        }
        try {
            Connection now = connection;
            if (now == null) {
                now = database.beginJointly();
                connection = now;
            }
            return work.with(now);
        } catch (SQLException e) {
            failure = database.failure(e);
            throw failure;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } catch (Error e) {
            failure = new IllegalStateException("What was done jointly failed: " + e, e);
            throw e;
        }
    }

    private void stamp(Connection now, List<String> next, @Nullable String only) throws SQLException {
        if (next.isEmpty()) {
            if (!origin.isEmpty()) {
                // Empty, where the product forgets only with the transaction.
                database.dialect().setOrigin(now, next, null);
                database.dialect().clearOrigin(now);
            }
        } else if (!next.equals(origin) || !Objects.equals(only, table)) {
            database.dialect().setOrigin(now, next, only);
        }
        origin = next;
        table = next.isEmpty() ? null : only;
    }

    /** @throws RuntimeException the failure, where there was one: nothing is committed then */
    void commit() {
        if (connection == null && failure == null) {
            return;
        }
        run(now -> {
            if (!origin.isEmpty()) {
                database.dialect().clearOrigin(now);
            }
            now.commit();
            return true;
        });
    }

    /** Gives the connection back, what isn't committed undone. */
    void end() {
        Connection now = connection;
        if (now != null) {
            connection = null;
            database.endJointly(now);
        }
    }
}
