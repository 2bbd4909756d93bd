package io.bactrian.camel.routes;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one route file.
 *
 * @param file its path, beginning with the routes directory's name
 * @param loadedAt when the version that runs was loaded; null when none runs
 * @param version the first digits of the SHA-256 of the text that runs; null when none runs
 * @param routes the ids of the routes that the file owns now
 * @param error why the newest text isn't what runs; null when it is
 * @param waiting routes that can't start yet
 * @param warnings what the author should know though the file was loaded
 */
public record RouteFileStatus(
        String file,
        State state,
        @Nullable Instant loadedAt,
        @Nullable String version,
        List<String> routes,
        @Nullable RouteFileError error,
        List<WaitingRoute> waiting,
        List<String> warnings) {

    /** What runs of a file. */
    public enum State {
        LOADED,
        BROKEN,
        OLD_VERSION_RUNNING
    }
}
