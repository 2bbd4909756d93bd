package io.bactrian.camel.routes;

/** A text that can't be loaded: its author has something to mend, or, where {@link #passing}, it may work later. */
final class RouteFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final boolean passing;

    RouteFileException(int line, String message) {
        this(line, message, false);
    }

    RouteFileException(int line, String message, boolean passing) {
        super(message);
        this.line = line;
        this.passing = passing;
    }

    /** Whether the cause lies outside of the file: a server that can't be reached. */
    boolean passing() {
        return passing;
    }

    /** 0 where no line can be told. */
    int line() {
        return line;
    }
}
