package io.bactrian.camel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.support.ExchangeHelper;

/**
 * Names the step that an exchange is at so that the name is the same after a restart: by its own id, else by its place in
 * its route. Camel's made-up names change with the order in which files are loaded. Thread-safe.
 */
public final class RouteSteps {
    /** @param splits how many splits of its own route it stands in */
    public record Step(String name, long splits) {}

    private final Map<String, Step> known = new ConcurrentHashMap<>();

    /** The step that works on the exchange now. */
    public Step of(Exchange exchange) {
        String node = exchange.getExchangeExtension().getHistoryNodeId();
        String route = ExchangeHelper.getRouteId(exchange);
        if (node == null || route == null) {
            return new Step(String.valueOf(node), 0);
        }
        // Node ids are unique in a context.
        Step step = known.get(node);
        return step != null ? step : known.computeIfAbsent(node, key -> step(exchange, route, key));
    }

    private static Step step(Exchange exchange, String route, String node) {
        RouteDefinition definition = ((ModelCamelContext) exchange.getContext()).getRouteDefinition(route);
        if (definition == null) {
            return new Step(node, 0);
        }
        // A sub-route that others call is told apart by its id.
        String prefix =
                route.equals(exchange.getFromRouteId()) ? "" : (definition.hasCustomIdAssigned() ? route + "/" : "");
        int place = 0;
        for (ProcessorDefinition<?> each :
                ProcessorDefinitionHelper.filterTypeInOutputs(definition.getOutputs(), ProcessorDefinition.class)) {
            place++;
            if (node.equals(each.getId())) {
                return new Step(prefix + (each.hasCustomIdAssigned() ? node : "step" + place), splits(each));
            }
        }
        return new Step(prefix + node, 0);
    }

    private static long splits(ProcessorDefinition<?> step) {
        long splits = 0;
        for (ProcessorDefinition<?> parent = step.getParent(); parent != null; parent = parent.getParent()) {
            splits += parent instanceof SplitDefinition ? 1 : 0;
        }
        return splits;
    }
}
