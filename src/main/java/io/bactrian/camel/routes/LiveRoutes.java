package io.bactrian.camel.routes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.RouteController;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts routes into the live context and takes them out again. Used by one thread at a time. */
final class LiveRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);

    private final CamelContext context;
    private final Model model;
    /** Not the supervising one: it would start what we add by itself, and lose sight of what we remove. */
    private final RouteController routes;

    private final Duration drain;
    /** A connector's route lives as long as its endpoint, which all files share that use it with the same options. */
    private final Set<RouteDefinition> connectorRoutes = new LinkedHashSet<>();

    LiveRoutes(CamelContext context, Duration drain) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.routes = context.getCamelContextExtension().getInternalRouteController();
        this.drain = drain;
        RouteController controller = context.getRouteController();
        if (controller.isSupervising()) {
            // Two supervisors would start a file's first route before its last is known good, and log twice.
            controller.supervising().setExcludeRoutes("*");
        }
    }

    /** Does what can be done before the version that runs is stopped. */
    TextLoading prepare(RouteText text, Function<String, @Nullable String> ownerOf) {
        TextLoading loading = new TextLoading(context, text, ownerOf);
        try {
            loading.prepare();
            return loading;
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw Causes.explain(text, List.of(), e);
        }
    }

    /**
     * Adds a text's routes without starting them.
     *
     * @throws RouteFileException if it can't be loaded; nothing of it is left then
     */
    Loaded load(TextLoading loading) {
        boolean autoStartup = Boolean.TRUE.equals(context.isAutoStartup());
        // Camel starts a route as soon as it is added: half a file's routes would run before the rest is known good.
        context.setAutoStartup(false);
        try {
            loading.load();
            Loaded loaded = loading.checkedResult();
            connectorRoutes.addAll(loaded.connectorRoutes());
            return loaded;
        } catch (Exception | LinkageError | StackOverflowError e) {
            RouteFileException cause =
                    Causes.explain(loading.text(), loading.result().routes(), e);
            Loaded partial = loading.result();
            connectorRoutes.addAll(partial.connectorRoutes());
            remove(partial);
            throw cause;
        } finally {
            context.setAutoStartup(autoStartup);
        }
    }

    /** @throws Exception why it can't start now */
    void start(String route) throws Exception {
        routes.startRoute(route);
    }

    /** Stops them when their in-flight exchanges are done, and forgets all that the file defined. */
    void remove(Loaded loaded) {
        List<RouteDefinition> reversed = new ArrayList<>(loaded.routes());
        Collections.reverse(reversed);
        removeRoutes(reversed);
        for (RouteTemplateDefinition template : loaded.definitions().templates()) {
            quietly("remove template " + template.getId(), () -> model.removeRouteTemplateDefinition(template));
        }
        for (RouteConfigurationDefinition configuration : loaded.definitions().configurations()) {
            quietly(
                    "remove route configuration " + configuration.getId(),
                    () -> model.removeRouteConfiguration(configuration));
        }
        model.getRestDefinitions().removeAll(loaded.definitions().rests());
        for (BeanFactoryDefinition<?> bean : loaded.definitions().beans()) {
            model.getCustomBeans().remove(bean);
            quietly("remove bean " + bean.getName(), () -> context.getRegistry().unbind(bean.getName()));
        }
    }

    private void removeRoutes(Collection<RouteDefinition> definitions) {
        for (RouteDefinition route : definitions) {
            quietly("stop route " + route.getRouteId(), () -> stop(route.getRouteId()));
        }
        for (RouteDefinition route : definitions) {
            quietly("remove route " + route.getRouteId(), () -> {
                context.removeRoute(route.getRouteId());
                if (model.getRouteDefinitions().contains(route)) {
                    model.removeRouteDefinition(route);
                }
            });
        }
    }

    /**
     * Removes connectors' routes that no file uses any more. Not before all files of a batch are loaded: routes of the
     * version before call them until then.
     */
    private void sweepConnectors() {
        Set<String> used =
                connectors().stream().map(KameletEndpoint::getRouteId).collect(Collectors.toSet());
        List<RouteDefinition> unused = connectorRoutes.stream()
                .filter(route -> !used.contains(route.getRouteId()))
                .toList();
        removeRoutes(unused);
        unused.forEach(connectorRoutes::remove);
    }

    /** Gives up connectors of templates that no file uses any more. */
    void keepConnectors(Set<String> templates) {
        Set<String> unused =
                connectors().stream().map(KameletEndpoint::getTemplateId).collect(Collectors.toSet());
        unused.removeAll(templates);
        renewConnectors(unused);
        sweepConnectors();
    }

    /** Files that are loaded from now on get connectors made of these templates as they are now. */
    void renewConnectors(Set<String> templates) {
        for (KameletEndpoint connector : connectors()) {
            if (templates.contains(connector.getTemplateId())) {
                quietly("renew " + connector.getTemplateId(), () -> context.removeEndpoint(connector));
            }
        }
    }

    /** Without the two ends that each connector's own route has. */
    private List<KameletEndpoint> connectors() {
        List<KameletEndpoint> connectors = new ArrayList<>();
        for (Endpoint endpoint : context.getEndpoints()) {
            if (endpoint instanceof KameletEndpoint connector
                    && !Set.of("source", "sink").contains(connector.getTemplateId())) {
                connectors.add(connector);
            }
        }
        return connectors;
    }

    private void stop(String route) throws Exception {
        if (routes.getRouteStatus(route) == null) {
            return;
        }
        // Camel looks only once a second whether what is in flight has finished; it is usually milliseconds.
        long until = System.nanoTime() + Duration.ofMillis(250).toNanos();
        while (context.getInflightRepository().size(route) > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(500_000);
        }
        routes.stopRoute(route, drain.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes callers of routes that are being replaced wait rather than fail. */
    ReplaceAware.Hold holdCallers() {
        List<ReplaceAware.Hold> holds = new ArrayList<>();
        for (String name : context.getComponentNames()) {
            Component component = context.hasComponent(name);
            if (component instanceof ReplaceAware aware) {
                holds.add(aware.hold());
            }
        }
        return () -> holds.forEach(ReplaceAware.Hold::close);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void quietly(String what, Step step) {
        try {
            step.run();
        } catch (Exception e) {
            LOG.warn("Couldn't {}: {}", what, e.toString());
        }
    }
}
