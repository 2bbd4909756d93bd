package io.bactrian.camel.routes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts routes, and tries again with a growing delay those that can't start yet: a taken port or an unreachable
 * server is no mistake in the file. Used by one thread at a time.
 */
final class RouteStarts {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LONGEST_DELAY = Duration.ofSeconds(60);

    private final CamelContext context;
    private final LiveRoutes live;
    private final Clock clock;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    private record Waiting(String file, String cause, Duration delay, Instant next) {}

    RouteStarts(CamelContext context, LiveRoutes live, Clock clock) {
        this.context = context;
        this.live = live;
        this.clock = clock;
    }

    /** Starts what isn't `autoStartup="false"`, in the order of `startupOrder`. */
    void start(String file, Loaded loaded) {
        List<RouteDefinition> ordered = new ArrayList<>(loaded.toStart());
        ordered.sort(Comparator.comparingInt(
                route -> route.getStartupOrder() == null ? Integer.MAX_VALUE : route.getStartupOrder()));
        for (RouteDefinition route : ordered) {
            if (startsByItself(route)) {
                tryStart(route.getRouteId(), file, FIRST_DELAY);
            }
        }
    }

    private boolean startsByItself(RouteDefinition route) {
        String autoStartup = route.getAutoStartup();
        return autoStartup == null || Boolean.parseBoolean(context.resolvePropertyPlaceholders(autoStartup));
    }

    void forget(Loaded loaded) {
        loaded.toStart().forEach(route -> waiting.remove(route.getRouteId()));
    }

    void retryDue() {
        Instant now = clock.instant();
        for (Map.Entry<String, Waiting> entry : List.copyOf(waiting.entrySet())) {
            if (!entry.getValue().next().isAfter(now)) {
                Duration doubled = entry.getValue().delay().multipliedBy(2);
                tryStart(
                        entry.getKey(),
                        entry.getValue().file(),
                        doubled.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : doubled);
            }
        }
    }

    private void tryStart(String route, String file, Duration nextDelay) {
        try {
            live.start(route);
            if (waiting.remove(route) != null) {
                LOG.info("{}: route {} started", file, route);
            }
        } catch (Exception e) {
            String cause = Causes.deepest(e);
            Waiting before = waiting.put(
                    route, new Waiting(file, cause, nextDelay, clock.instant().plus(nextDelay)));
            if (before == null) {
                LOG.warn("{}: route {} can't start yet, it is tried again by itself: {}", file, route, cause);
            }
        }
    }

    List<WaitingRoute> waiting(Loaded loaded) {
        Set<String> routes =
                loaded.toStart().stream().map(RouteDefinition::getRouteId).collect(Collectors.toSet());
        List<WaitingRoute> found = new ArrayList<>();
        waiting.forEach((route, entry) -> {
            if (routes.contains(route)) {
                found.add(new WaitingRoute(route, entry.cause(), entry.next()));
            }
        });
        return found;
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }
}
