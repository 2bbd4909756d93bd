package io.bactrian.camel.routes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.rest.RestDefinition;

/**
 * What a text turned into when it was loaded into a context: all that has to go when the file goes.
 *
 * @param routes in the order in which they start
 * @param connectorRoutes what connectors (kamelets) that it uses made; another file may use the same ones
 * @param subscriptions the subscriptions that its routes read, by route id
 * @param templatesUsed templates that its routes were made from, in whichever file those are
 */
record Loaded(
        List<RouteDefinition> routes,
        List<RouteDefinition> connectorRoutes,
        Map<String, String> subscriptions,
        Definitions definitions,
        Set<String> templatesUsed,
        List<String> warnings) {

    /** What a file defines beside routes. */
    record Definitions(
            List<RouteTemplateDefinition> templates,
            List<RouteConfigurationDefinition> configurations,
            List<RestDefinition> rests,
            List<BeanFactoryDefinition<?>> beans) {}

    List<String> routeIds() {
        return routes.stream().map(RouteDefinition::getRouteId).toList();
    }

    /** All that has to be started, a connector's before who uses it. */
    List<RouteDefinition> toStart() {
        return Stream.concat(connectorRoutes.stream(), routes.stream()).toList();
    }

    List<String> templateIds() {
        return definitions.templates().stream()
                .map(RouteTemplateDefinition::getId)
                .toList();
    }

    boolean isEmpty() {
        return routes.isEmpty()
                && !servesOthers()
                && definitions.rests().isEmpty()
                && definitions.beans().isEmpty();
    }

    /** Whether other files' routes can depend on it. */
    boolean servesOthers() {
        return !definitions.templates().isEmpty()
                || !definitions.configurations().isEmpty();
    }
}
