package io.bactrian.cli;

/** The platform can't start, for a reason that its operator can act on; the message says it whole. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
