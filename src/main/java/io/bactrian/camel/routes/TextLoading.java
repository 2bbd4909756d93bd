package io.bactrian.camel.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/**
 * Loads one text into one context, scratch or live, and tells what it owns there. Ownership is the difference between
 * before and after: a route made from a template names the template's file as its source.
 */
final class TextLoading {
    private final CamelContext context;
    private final Model model;
    private final RouteText text;
    private final Function<String, @Nullable String> ownerOf;

    private final Set<Object> before = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<String> templatesUsed = new LinkedHashSet<>();
    private final List<TemplatedRouteDefinition> templatedRoutes = new ArrayList<>();
    private @Nullable Collection<RoutesBuilder> builders;

    /** @param ownerOf the file that has a route or template of this id already, or null */
    TextLoading(CamelContext context, RouteText text, Function<String, @Nullable String> ownerOf) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.text = text;
        this.ownerOf = ownerOf;
        before.addAll(model.getRouteDefinitions());
        before.addAll(model.getRouteTemplateDefinitions());
        before.addAll(model.getRouteConfigurationDefinitions());
        before.addAll(model.getRestDefinitions());
        before.addAll(model.getCustomBeans());
    }

    RouteText text() {
        return text;
    }

    /**
     * What can be done while another version runs. Compiling takes long; XML and YAML bind their beans in this step,
     * which the version that runs may have under the same names.
     */
    void prepare() throws Exception {
        if (text.kind() == RouteText.Kind.JAVA) {
            builders = read();
        }
    }

    private Collection<RoutesBuilder> read() throws Exception {
        return text.hasOnlyComments()
                ? List.of()
                : PluginHelper.getRoutesLoader(context).findRoutesBuilders(List.of(text.resource()));
    }

    void load() throws Exception {
        Collection<RoutesBuilder> builders = this.builders == null ? read() : this.builders;
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteBuilder routes) {
                routes.addLifecycleInterceptor(new IdCheck());
            }
        }
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteConfigurationsBuilder configurations) {
                context.addRoutesConfigurations(configurations);
            }
        }
        for (RoutesBuilder builder : builders) {
            context.addRoutes(builder);
        }
        for (TemplatedRouteDefinition templated : templatedRoutes) {
            Connectors.provide(context, text, templated);
        }
        for (RoutesBuilder builder : builders) {
            context.addTemplatedRoutes(builder);
        }
    }

    /** @throws RouteFileException if what was loaded mustn't run */
    Loaded checkedResult() {
        Loaded loaded = result();
        // Again: those made from templates and kamelets are known only now.
        loaded.toStart().forEach(route -> SubscriptionRoutes.requireName(context, text, route));
        if (text.kind() == RouteText.Kind.YAML && loaded.isEmpty() && !text.hasOnlyComments()) {
            throw new RouteFileException(
                    1, "no route in it: a YAML route file is a list whose entries begin with '- '");
        }
        return loaded;
    }

    /** What is there now that wasn't there before, complete or not. */
    Loaded result() {
        List<RouteDefinition> routes = added(model.getRouteDefinitions());
        Map<String, String> subscriptions = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        for (RouteDefinition route : routes) {
            SubscriptionRoutes.subscriptionOf(context, route).ifPresent(subscription -> {
                subscriptions.put(route.getRouteId(), subscription);
                warnings.addAll(SubscriptionRoutes.stepsThatFinishEarly(text, route));
            });
        }
        List<RouteTemplateDefinition> templates = added(model.getRouteTemplateDefinitions());
        // A connector that a route uses is loaded into the context at its first use: it is nobody's.
        // In XML Camel doesn't note the file of a template: what has none is this text's.
        templates.removeIf(template -> template.getResource() != null
                && !text.location().equals(template.getResource().getLocation()));
        for (Endpoint endpoint : context.getEndpoints()) {
            if (endpoint instanceof KameletEndpoint connector && text.content().contains(connector.getTemplateId())) {
                templatesUsed.add(connector.getTemplateId());
            }
        }
        // A template's own file names it without using it.
        templates.forEach(template -> templatesUsed.remove(template.getId()));
        Map<Boolean, List<RouteDefinition>> byConnector =
                routes.stream().collect(Collectors.partitioningBy(route -> Boolean.TRUE.equals(route.isKamelet())));
        return new Loaded(
                byConnector.getOrDefault(false, List.of()),
                byConnector.getOrDefault(true, List.of()),
                subscriptions,
                new Loaded.Definitions(
                        templates,
                        added(model.getRouteConfigurationDefinitions()),
                        added(model.getRestDefinitions()),
                        added(model.getCustomBeans())),
                templatesUsed,
                warnings);
    }

    private <T> List<T> added(List<? extends T> all) {
        List<T> added = new ArrayList<>(all);
        added.removeIf(before::contains);
        return added;
    }

    /** Looks at what the text says before Camel acts on it: Camel would replace another file's route of that id. */
    private final class IdCheck implements RouteBuilderLifecycleStrategy {
        @Override
        public void afterConfigure(RouteBuilder builder) {
            if (builder.getRestConfiguration() != null) {
                throw SyntaxCheck.restConfigurationRefused(0);
            }
            Set<String> own = new HashSet<>();
            for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
                if (route.getInput() == null) {
                    throw new RouteFileException(
                            route.getLineNumber(),
                            "the route '" + route.getId() + "' has no from: nothing would start it");
                }
                SubscriptionRoutes.requireName(context, text, route);
                refuseConnectorsAsEndpoints(route);
                if (route.hasCustomIdAssigned()) {
                    claim(own, "route", route.getRouteId(), route.getLineNumber());
                }
            }
            for (RouteTemplateDefinition template :
                    builder.getRouteTemplateCollection().getRouteTemplates()) {
                claim(own, "route template", template.getId(), template.getLineNumber());
            }
            for (TemplatedRouteDefinition route :
                    builder.getTemplatedRouteCollection().getTemplatedRoutes()) {
                templatesUsed.add(route.getRouteTemplateRef());
                templatedRoutes.add(route);
                if (route.getRouteId() != null) {
                    claim(own, "route", route.getRouteId(), 0);
                }
            }
        }

        /** As an endpoint it would be a route of its own whose id, and with it its place, Camel makes up. */
        private void refuseConnectorsAsEndpoints(RouteDefinition route) {
            for (String name : Connectors.NAMES) {
                String uri = "kamelet:" + name;
                if (SubscriptionRoutes.uses(route, uri)) {
                    throw new RouteFileException(
                            Lines.of(text, uri),
                            name + " is a whole route, not an endpoint: use it by templatedRoute, with a route id");
                }
            }
        }

        private void claim(Set<String> own, String what, String id, int line) {
            int where = line > 0 ? line : Lines.of(text, id);
            if (!own.add(id)) {
                throw new RouteFileException(where, "the " + what + " id '" + id + "' is used twice in this file");
            }
            String owner = ownerOf.apply(id);
            if (owner != null) {
                throw new RouteFileException(where, "the " + what + " id '" + id + "' belongs to " + owner);
            }
        }
    }
}
