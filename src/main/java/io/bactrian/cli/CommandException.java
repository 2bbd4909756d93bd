package io.bactrian.cli;

/** A command failed for a reason that its user can act on; the message says it whole, without a stack trace. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
