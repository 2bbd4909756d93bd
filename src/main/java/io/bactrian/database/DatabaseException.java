package io.bactrian.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A database refused or failed; the kind says what a caller can do about it. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a caller can do. */
    public enum Kind {
        /** Can't be reached, or went away: try again later. */
        UNREACHABLE,
        /** A lock, a deadlock, a serialization failure: try again soon. */
        CONTENDED,
        /** The data breaks a constraint (unique, foreign key, not null, check): trying again won't help. */
        CONSTRAINT,
        /** A value doesn't fit its column. */
        INVALID_VALUE,
        /** Not allowed. */
        FORBIDDEN,
        /** No such table or column, or the statement is wrong. */
        INVALID_STATEMENT,
        /** Unknown: try again, then give up. */
        OTHER
    }

    private final Kind kind;

    public DatabaseException(Kind kind, String message, @Nullable SQLException cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
