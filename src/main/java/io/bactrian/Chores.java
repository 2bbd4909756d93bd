package io.bactrian;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.table.TableWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done once an hour: claims that are older than their retention are forgotten. */
final class Chores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration EVERY = Duration.ofHours(1);

    private final List<Database> databases;
    private final Duration appliedRetention;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread chores = new Thread(task, "chores");
        chores.setDaemon(true);
        return chores;
    });
    private final ScheduledFuture<?> schedule;

    Chores(Collection<Database> databases, Duration appliedRetention, Clock clock) {
        this.databases = List.copyOf(databases);
        this.appliedRetention = appliedRetention;
        this.clock = clock;
        this.schedule = thread.scheduleWithFixedDelay(
                this::purgeClaims, FIRST.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void purgeClaims() {
        for (Database database : databases) {
            try {
                new TableWriter(database).purgeClaims(clock.instant().minus(appliedRetention));
            } catch (DatabaseException e) {
                // No capture installed, or not to be reached: the next hour will do.
                LOG.debug("Claims in database '{}' weren't purged", database.name(), e);
            }
        }
    }

    @Override
    public void close() {
        schedule.cancel(true);
        thread.shutdownNow();
    }
}
