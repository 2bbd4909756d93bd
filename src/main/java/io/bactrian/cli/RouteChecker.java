package io.bactrian.cli;

import io.bactrian.config.Configuration;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks route files without a running platform; {@code Main} gives it. */
@FunctionalInterface
public interface RouteChecker {
    /**
     * What was found in one file.
     *
     * @param line 0 where none can be told
     * @param error what is wrong; null where nothing is
     * @param remedy what to do about it; null where the error says it
     */
    record Checked(
            String file,
            boolean ok,
            List<String> routes,
            int line,
            @Nullable String error,
            @Nullable String remedy,
            List<String> warnings) {}

    /**
     * Checks these files as the platform would when it loads them; all of the routes directory where there are none.
     *
     * @throws StartException where they can't be checked, with the remedy
     */
    List<Checked> check(Configuration configuration, List<Path> files);
}
