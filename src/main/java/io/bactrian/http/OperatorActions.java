package io.bactrian.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may have the platform do that reaches into rooms which this one must not know: given by {@code Main}.
 *
 * <p>Called on a request's thread, which may wait for a database. What they give is ready for JSON and free of secrets;
 * an {@link IllegalArgumentException} says what is wrong with the request, an {@link IllegalStateException} why it can't
 * be done now.
 */
public interface OperatorActions {
    /** Where there is no platform to act: refuses everything. */
    OperatorActions NONE = new OperatorActions() {
        @Override
        public Object tryRoute(String file, String text, int last, @Nullable String database) {
            throw new IllegalStateException("The routes aren't loaded yet: try again in a moment");
        }

        @Override
        public List<?> examine() {
            return List.of();
        }

        @Override
        public Object simulate(String database) {
            throw new IllegalStateException("The platform isn't up yet: try again in a moment");
        }
    };

    /**
     * Runs a route file's text on the journal's last changes and tells what it would send.
     *
     * @param file its name
     * @param last how many changes, at most
     * @param database whose; null for the one that each of its routes names
     */
    Object tryRoute(String file, String text, int last, @Nullable String database);

    /** Looks at everything and tells what was found, and what to do about it. */
    List<?> examine();

    /** Sends a probe through the trigger table of a database, and tells how long each hop took. */
    Object simulate(String database);
}
