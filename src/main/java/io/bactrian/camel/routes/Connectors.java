package io.bactrian.camel.routes;

import io.bactrian.names.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.model.TemplatedRouteParameterDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * The connectors that come with the platform: kamelets, each a whole route, that a file makes a route of by {@code
 * templatedRoute}. One is read when a file first uses it, for each takes its share of the start.
 */
final class Connectors {
    /** In this order they are told of. */
    static final List<String> NAMES = List.of(
            "changes-to-hook",
            "changes-to-queue",
            "changes-to-kafka",
            "changes-to-table",
            "hook-to-table",
            "queue-to-table",
            "kafka-to-table",
            "rest-poll-to-table",
            "table-to-rest");

    private static final String LOCATION = "classpath:kamelets/";
    private static final int NEAR = 4;

    /** What a template puts between a URL, which may have a query of its own, and the endpoint's options. */
    private static final String JOINT = "query";

    /** The parameter timeout, for those who don't take durations. */
    private static final String MILLIS = "timeoutMillis";

    private Connectors() {}

    /**
     * Makes the connector known to the context where a file asks for one of ours, and checks what it asks for: Camel takes a
     * parameter that the template doesn't have in silence.
     *
     * @throws RouteFileException naming the parameter and the nearest one there is
     */
    static void provide(CamelContext context, RouteText text, TemplatedRouteDefinition asked) throws Exception {
        String name = asked.getRouteTemplateRef();
        if (name == null || !NAMES.contains(name)) {
            return;
        }
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        if (model.getRouteTemplateDefinition(name) == null) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, LOCATION + name + ".kamelet.yaml"));
        }
        check(text, model.getRouteTemplateDefinition(name), asked);
        derive(context, model.getRouteTemplateDefinition(name), asked);
    }

    /** What Camel's endpoints want in another form than people do. */
    private static void derive(
            CamelContext context, RouteTemplateDefinition connector, TemplatedRouteDefinition asked) {
        Map<String, String> values = new LinkedHashMap<>();
        connector.getTemplateParameters().stream()
                .filter(parameter -> parameter.getDefaultValue() != null)
                .forEach(parameter -> values.put(parameter.getName(), parameter.getDefaultValue()));
        parameters(asked).forEach(parameter -> values.put(parameter.getName(), parameter.getValue()));
        String url = values.get("url");
        if (url != null) {
            asked.parameter(JOINT, context.resolvePropertyPlaceholders(url).indexOf('?') < 0 ? "?" : "&");
        }
        String timeout = values.get("timeout");
        if (timeout != null) {
            long millis = TimeUtils.toMilliSeconds(context.resolvePropertyPlaceholders(timeout));
            asked.parameter(MILLIS, Long.toString(millis));
        }
    }

    private static void check(RouteText text, RouteTemplateDefinition connector, TemplatedRouteDefinition asked) {
        String name = connector.getId();
        if (asked.getRouteId() == null) {
            throw new RouteFileException(
                    Lines.of(text, name),
                    name + " needs a route id: it names the route"
                            + (name.startsWith("changes") || name.startsWith("table")
                                    ? ", and with it the subscription whose place is kept"
                                    : ", and with it who a message was applied for"));
        }
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        for (TemplatedRouteParameterDefinition parameter : parameters(asked)) {
            given.put(parameter.getName(), parameter.getValue());
        }
        Map<String, RouteTemplateParameterDefinition> known = connector.getTemplateParameters().stream()
                .collect(Collectors.toMap(RouteTemplateParameterDefinition::getName, each -> each));
        for (String parameter : given.keySet()) {
            if (!known.containsKey(parameter)) {
                throw new RouteFileException(
                        Lines.of(text, '"' + parameter + '"', parameter),
                        name + " has no parameter '" + parameter + "'" + hint(parameter, known.keySet()));
            }
        }
        List<String> needed = connector.getTemplateParameters().stream()
                .filter(parameter -> parameter.isRequired() && parameter.getDefaultValue() == null)
                .map(RouteTemplateParameterDefinition::getName)
                .toList();
        for (String parameter : needed) {
            Object value = given.get(parameter);
            if (value == null || value.toString().isBlank()) {
                String id = asked.getRouteId();
                throw new RouteFileException(
                        Lines.of(text, '"' + id + '"', "'" + id + "'", ": " + id + "\n", name),
                        name + " needs the parameter '" + parameter + "' (it needs " + String.join(", ", needed) + ")");
            }
        }
    }

    private static List<TemplatedRouteParameterDefinition> parameters(TemplatedRouteDefinition asked) {
        return asked.getParameters() == null ? new ArrayList<>() : asked.getParameters();
    }

    /** Who comes near a name that isn't there, as a question; else all. */
    private static String hint(String name, Collection<String> known) {
        String near = nearest(name, known);
        return near == null
                ? ": there are " + String.join(", ", new TreeSet<>(known))
                : ": did you mean '" + near + "'?";
    }

    /** A question for the end of a refusal, or nothing. */
    static String near(String name) {
        String near = nearest(name, NAMES);
        return near == null ? "" : ": did you mean '" + near + "'?";
    }

    private static @Nullable String nearest(String name, Collection<String> known) {
        String best = null;
        int least = Math.min(NEAR, name.length() / 2 + 1);
        for (String each : known) {
            int distance = Spelling.distance(name, each);
            if (distance < least) {
                best = each;
                least = distance;
            }
        }
        return best;
    }
}
