package io.bactrian.camel.routes;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One route file over its versions. Confined to the thread that loads. */
final class RouteUnit {
    final String name;

    /** The newest text, loaded or refused. */
    private RouteText newest;

    private @Nullable RouteFileError error;

    private @Nullable Running running;

    /** A version that is in the live context. */
    record Running(RouteText text, Loaded loaded, Instant since) {}

    RouteUnit(RouteText newest) {
        this.name = newest.name();
        this.newest = newest;
    }

    RouteText newest() {
        return newest;
    }

    @Nullable
    Running running() {
        return running;
    }

    @Nullable
    RouteFileError error() {
        return error;
    }

    void runs(Running version) {
        newest = version.text();
        running = version;
        error = null;
    }

    void runsNothing() {
        running = null;
    }

    /** @return whether that is news */
    boolean refused(RouteText text, RouteFileException cause) {
        RouteFileError next = new RouteFileError(cause.line(), String.valueOf(cause.getMessage()));
        boolean news = !next.equals(error) || !text.content().equals(newest.content());
        newest = text;
        error = next;
        return news;
    }

    RouteFileStatus status(List<WaitingRoute> waitingRoutes) {
        Running now = running;
        RouteFileStatus.State state = error == null
                ? RouteFileStatus.State.LOADED
                : now == null ? RouteFileStatus.State.BROKEN : RouteFileStatus.State.OLD_VERSION_RUNNING;
        return new RouteFileStatus(
                name,
                state,
                now == null ? null : now.since(),
                now == null ? null : now.text().version(),
                now == null ? List.of() : now.loaded().routeIds(),
                error,
                waitingRoutes,
                now == null ? List.of() : now.loaded().warnings());
    }
}
