package io.bactrian.http;

import java.util.List;

/**
 * What an operator may see of the rooms that this one must not know: given by {@code Main}.
 *
 * <p>The lists' elements are records, maps and plain values, ready for JSON and free of secrets. Called on a request's
 * thread; must answer quickly, from what is known, and not wait for a database.
 */
public interface PlatformView {
    /** Route files and their routes: loaded version, error with line. */
    List<?> routes();

    /** The state of the triggers and the collector of each database. */
    List<?> capture();

    /** The state of the connections. */
    List<?> databases();

    /** Whether work can be done now. */
    Readiness readiness();

    /** The messages that the broker gave up on. */
    default MessageLetters messageLetters() {
        return MessageLetters.NONE;
    }

    /** What the rooms count, beyond subscriptions and HTTP. */
    List<Metric> metrics();
}
