package io.bactrian.journal;

import io.bactrian.store.SqliteFile;
import java.sql.SQLException;

/** A segment couldn't be read or written. What was appended before is safe; the same call may work later. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether there is no room left for the journal: free some, and it goes on by itself. */
    public boolean saysDiskFull() {
        return getCause() instanceof SQLException failure
                ? SqliteFile.saysDiskFull(failure)
                : String.valueOf(getMessage()).contains("No space left");
    }
}
