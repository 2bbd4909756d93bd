package io.bactrian.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;

/** The store couldn't be opened, read or written; the message gives the place and, where there is one, the remedy. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What the file system refused, in words: its exceptions name the path and often nothing else. */
    static StoreException of(String what, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        if (cause instanceof FileAlreadyExistsException) {
            reason = "there is a file in its place";
        } else if (cause instanceof AccessDeniedException) {
            reason = "this user has no right to it";
        } else if (cause instanceof FileSystemException known && known.getReason() != null) {
            reason = known.getReason();
        }
        return new StoreException(what + ": " + reason, cause);
    }
}
