package io.bactrian.http;

import org.jspecify.annotations.Nullable;

/** The HTTP server can't start; the message says why and what to change. */
public final class HttpStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HttpStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
