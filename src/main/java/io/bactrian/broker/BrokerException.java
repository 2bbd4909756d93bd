package io.bactrian.broker;

import org.jspecify.annotations.Nullable;

/** The broker can't start, can't be reached, or refuses; the message says which, and what helps. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
