package io.bactrian.capture;

import io.bactrian.database.DatabaseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that tables or triggers changed while the platform runs, and mends it where {@code install=auto} allows: run it
 * now and then, one run at a time. It never throws; a problem is logged when it begins and when it ends.
 */
final class DriftWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);

    private final Capture capture;
    private volatile @Nullable String problem;

    DriftWatch(Capture capture) {
        this.capture = capture;
    }

    /** What was wrong when it last looked, with the remedy. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void run() {
        try {
            capture.ready();
            if (problem != null) {
                LOG.info("Database {}: capture is as it should be again", capture.databaseName());
            }
            problem = null;
        } catch (CaptureException e) {
            begins(String.valueOf(e.getMessage()));
        } catch (DatabaseException e) {
            // That it can't be reached is the collector's to tell, and says nothing about drift.
            if (e.kind() != DatabaseException.Kind.UNREACHABLE && e.kind() != DatabaseException.Kind.CONTENDED) {
                begins(String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException e) {
            begins("Database " + capture.databaseName() + ": drift can't be looked for: " + e);
        }
    }

    private void begins(String message) {
        if (!message.equals(problem)) {
            LOG.error("{}", message);
        }
        problem = message;
    }
}
