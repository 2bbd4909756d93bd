package io.bactrian.capture;

import io.bactrian.journal.Gap;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a database's collector fares.
 *
 * @param state what it is at
 * @param since when it came into this state
 * @param owner the store that may collect this database, as far as known; empty where none has claimed it
 * @param epoch the current epoch, 0 before the first
 * @param backlog about how many rows wait in the trigger table, as far as known
 * @param lastCollected when the last change was collected; null when none ever was
 * @param position the journal's last position
 * @param error why it doesn't collect, with the remedy; null while it does
 * @param gaps the gaps that the journal holds
 */
public record CollectorStatus(
        String database,
        State state,
        Instant since,
        String owner,
        long epoch,
        long backlog,
        @Nullable Instant lastCollected,
        long position,
        @Nullable String error,
        List<Gap> gaps) {

    /** What a collector is at. */
    public enum State {
        STARTING,
        COLLECTING,
        /** The database can't be reached; tried again by itself. */
        DISCONNECTED,
        /** The triggers aren't installed. */
        NOT_INSTALLED,
        /** Another store or another process collects this database. */
        REFUSED,
        /** The journal can't be written, or something unforeseen; tried again by itself. */
        STALLED,
        STOPPED
    }
}
