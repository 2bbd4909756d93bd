package io.bactrian.camel.routes;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/** What is particular about routes that read a subscription: those that consume `changes:` or `events:`. */
final class SubscriptionRoutes {
    private static final List<String> SOURCES = List.of("changes", "events");
    private static final List<String> QUEUES_IN_MEMORY = List.of("seda", "vm", "disruptor", "disruptor-vm");

    private SubscriptionRoutes() {}

    /** The name of the subscription that this route reads, if it reads one. */
    static Optional<String> subscriptionOf(CamelContext context, RouteDefinition route) {
        if (route.getInput() == null) {
            return Optional.empty();
        }
        String uri = resolved(context, route);
        return SOURCES.contains(scheme(uri))
                ? Optional.of(namedIn(uri).orElse(String.valueOf(route.getRouteId())))
                : Optional.empty();
    }

    private static Optional<String> namedIn(String uri) {
        try {
            Map<String, Object> options = URISupport.parseQuery(StringHelper.after(uri, "?", ""));
            return Optional.ofNullable(options.get("subscription")).map(Object::toString);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String resolved(CamelContext context, RouteDefinition route) {
        String uri = route.getInput().getEndpointUri();
        uri = withParameters(uri, route.getTemplateParameters());
        uri = withParameters(uri, route.getTemplateDefaultParameters());
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (IllegalArgumentException e) {
            // Known only while Camel makes the route; the scheme is hardly ever among them.
            return uri;
        }
    }

    private static String withParameters(String uri, @Nullable Map<String, Object> parameters) {
        String resolved = uri;
        if (parameters != null) {
            for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
                resolved = resolved.replace("{{" + parameter.getKey() + "}}", String.valueOf(parameter.getValue()));
            }
        }
        return resolved;
    }

    /**
     * @throws RouteFileException if nothing in the file names the subscription: by an id that Camel made up it would
     *     begin anew at each start
     */
    static void requireName(CamelContext context, RouteText text, RouteDefinition route) {
        if (subscriptionOf(context, route).isEmpty()) {
            return;
        }
        String uri = route.getInput().getEndpointUri();
        // The route of a kamelet has an id that is made for it.
        boolean byRoute = route.hasCustomIdAssigned() && !Boolean.TRUE.equals(route.isKamelet());
        if (!byRoute && namedIn(uri).isEmpty()) {
            throw unnamed(text, route, uri);
        }
    }

    private static RouteFileException unnamed(RouteText text, RouteDefinition route, String uri) {
        String source = scheme(uri) + ":";
        int line = route.getInput().getLineNumber();
        return new RouteFileException(
                line > 0 && !route.isCreatedFromTemplate() ? line : Lines.of(text, uri, source),
                "a route that consumes " + source
                        + " needs an explicit route id: it names the subscription whose place is kept");
    }

    /** A sentence for each step after which a change counts as done although nothing durable has it yet. */
    static List<String> stepsThatFinishEarly(RouteText text, RouteDefinition route) {
        List<String> warnings = new ArrayList<>();
        collect(route.getOutputs(), step -> {
            String what = stepThatFinishesEarly(step);
            if (what != null) {
                int line = step.getLineNumber();
                warnings.add(text.name() + (line > 0 ? ":" + line : "") + " route " + route.getRouteId() + ": " + what
                        + " finishes the exchange early, so the subscription moves on before the change is delivered;"
                        + " what waits there is lost when the platform stops");
            }
        });
        return warnings;
    }

    private static @Nullable String stepThatFinishesEarly(NamedNode step) {
        if (step instanceof AggregateDefinition) {
            return "the aggregator";
        }
        if (step instanceof ResequenceDefinition) {
            return "the resequencer";
        }
        if (step instanceof EndpointRequiredDefinition endpoint
                && endpoint.getEndpointUri() != null
                && QUEUES_IN_MEMORY.contains(scheme(endpoint.getEndpointUri()))) {
            return "the step to " + scheme(endpoint.getEndpointUri()) + ":";
        }
        return null;
    }

    /** Whether the route consumes from, or has a step to, an endpoint whose address begins so and has options at most. */
    static boolean uses(RouteDefinition route, String address) {
        List<String> uris = new ArrayList<>();
        uris.add(route.getInput().getEndpointUri());
        collect(route.getOutputs(), step -> {
            if (step instanceof EndpointRequiredDefinition endpoint && endpoint.getEndpointUri() != null) {
                uris.add(endpoint.getEndpointUri());
            }
        });
        return uris.stream().anyMatch(uri -> StringHelper.before(uri, "?", uri).equals(address));
    }

    private static void collect(List<ProcessorDefinition<?>> steps, Consumer<ProcessorDefinition<?>> each) {
        for (ProcessorDefinition<?> step : steps) {
            each.accept(step);
            collect(step.getOutputs(), each);
        }
    }

    private static String scheme(String uri) {
        return StringHelper.before(uri, ":", "");
    }
}
