package io.bactrian.hook;

import org.jspecify.annotations.Nullable;

/** Why a delivery failed, in words for the operator: the endpoint, what it answered, what to do. */
public final class HookException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: it would show our I/O loop, and a receiver that is down costs one of these per try. */
    HookException(String message, @Nullable Throwable cause) {
        super(message, cause, true, false);
    }
}
