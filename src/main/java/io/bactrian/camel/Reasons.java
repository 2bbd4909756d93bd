package io.bactrian.camel;

/** What to tell of a failure that Camel wrapped. */
final class Reasons {
    private Reasons() {}

    /** The message of the innermost cause, or its class where it has none. */
    static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
