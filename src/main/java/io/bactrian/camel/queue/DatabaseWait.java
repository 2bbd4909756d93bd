package io.bactrian.camel.queue;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds an endpoint's receivers while a database is gone: each message that they took meanwhile would only count as
 * failed once more. Thread-safe.
 */
final class DatabaseWait {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWait.class);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int STEPS = 5;

    private final Collection<Database> databases;
    private final String endpoint;
    private final AtomicBoolean waiting = new AtomicBoolean();

    DatabaseWait(Map<String, Database> databases, String endpoint) {
        this.databases = databases.values();
        this.endpoint = endpoint;
    }

    /** Returns when the databases that are gone now are back, or when {@code wanted} says no longer. */
    void untilReachable(String reason, BooleanSupplier wanted) {
        if (waiting.compareAndSet(false, true)) {
            LOG.warn("{}: nothing is received until the database is back: {}", endpoint, reason);
        }
        List<Database> gone = databases.stream().filter(each -> !answers(each)).toList();
        while (wanted.getAsBoolean() && !gone.stream().allMatch(DatabaseWait::answers)) {
            for (int step = 0; step < STEPS && wanted.getAsBoolean(); step++) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        }
        if (wanted.getAsBoolean() && waiting.compareAndSet(true, false)) {
            LOG.info("{}: the database is back", endpoint);
        }
    }

    private static boolean answers(Database database) {
        try {
            return database.read(connection -> connection.isValid(2));
        } catch (DatabaseException e) {
            // Full or locked, it is there.
            return e.kind() != DatabaseException.Kind.UNREACHABLE;
        }
    }
}
