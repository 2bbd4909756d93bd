package io.bactrian.camel;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A context whose routes may be added at any time and are then supervised: one that can't start now (a taken port, a
 * missing broker) is started later, with back-off, and keeps no other from starting. Camel's own supervision covers
 * only the routes that are there when the context starts.
 */
final class PlatformContext extends DefaultCamelContext {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformContext.class);

    private final Map<String, String> waiting = new ConcurrentHashMap<>();

    PlatformContext() {
        super(false);
    }

    @Override
    public void startRouteService(RouteService service, boolean adding) throws Exception {
        super.startRouteService(service, adding);
        if (!adding) {
            tellOfRecovery(service.getId());
        } else if (isStarted()
                && Boolean.TRUE.equals(service.getRoute().getProperties().get(Route.SUPERVISED))) {
            startSupervised(service.getId());
        }
    }

    /** The routes that couldn't start, by id, each with the reason of its first try. */
    Map<String, String> waiting() {
        Map<String, String> routes = new TreeMap<>(waiting);
        routes.keySet()
                .removeIf(id -> getRoute(id) == null
                        || getRouteController().getRouteStatus(id).isStarted());
        return routes;
    }

    private void startSupervised(String routeId) {
        try {
            getRouteController().startRoute(routeId);
        } catch (Exception e) {
            // Not thrown: the file is right. The controller has scheduled the next try by now.
            String reason = Reasons.of(e);
            waiting.put(routeId, reason);
            LOG.warn("Route '{}' can't start now and is tried again until it can: {}", routeId, reason);
        }
    }

    private void tellOfRecovery(String routeId) {
        if (waiting.remove(routeId) != null) {
            LOG.info("Route '{}' has started now", routeId);
        }
    }
}
