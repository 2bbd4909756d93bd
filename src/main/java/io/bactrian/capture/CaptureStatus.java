package io.bactrian.capture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of capture in one database, as {@code /api/capture} and {@code ./bactrian capture status} show it.
 *
 * @param tables the tables that are captured as they should be
 * @param owner the id of the store that may collect; empty where none has claimed it
 * @param backlog rows in the trigger table; on SQLite with rows that were collected and not yet removed
 * @param oldestAgeSeconds how long the oldest of them has waited
 * @param error why the database couldn't be asked, or null; all else but the name is empty then
 */
public record CaptureStatus(
        String database,
        String product,
        CaptureSettings.Install install,
        List<String> tables,
        List<CaptureDrift> drift,
        List<String> warnings,
        String owner,
        String epoch,
        long backlog,
        double oldestAgeSeconds,
        @Nullable String error) {
    public CaptureStatus {
        tables = List.copyOf(tables);
        drift = List.copyOf(drift);
        warnings = List.copyOf(warnings);
    }

    /** Whether all is as it should be. */
    public boolean sound() {
        return error == null && drift.stream().noneMatch(CaptureDrift::serious);
    }
}
