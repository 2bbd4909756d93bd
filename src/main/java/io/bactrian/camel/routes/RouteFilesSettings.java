package io.bactrian.camel.routes;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where route files are and how eagerly changes to them are looked for.
 *
 * @param reload whether files are watched after the start
 * @param quiet how long a file must stay unchanged before it is read: editors write in several steps
 * @param poll how often contents are compared though no notification came
 * @param drain how long in-flight exchanges of a replaced route may take
 */
public record RouteFilesSettings(Path directory, boolean reload, Duration quiet, Duration poll, Duration drain) {
    public RouteFilesSettings {
        requirePositive("quiet", quiet);
        requirePositive("poll", poll);
        requirePositive("drain", drain);
    }

    /** The contract's two keys, bactrian.routes.directory and bactrian.routes.reload, with the usual times. */
    public static RouteFilesSettings of(Path directory, boolean reload) {
        return new RouteFilesSettings(
                directory, reload, Duration.ofMillis(150), Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("routes " + name + " is " + value + ": it must be more than zero");
        }
    }
}
