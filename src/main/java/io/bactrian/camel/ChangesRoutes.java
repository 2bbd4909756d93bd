package io.bactrian.camel;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.LoggingLevel;
import org.apache.camel.model.ModelLifecycleStrategy;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;

/**
 * What the platform asks of a route that consumes {@code changes:} or {@code events:}, and what it gives to it, when it is added.
 *
 * <p>It must name its subscription. It gets an error handler that neither retries nor logs: its subscription does both,
 * and one dead endpoint would otherwise fill the log with stack traces. So do a route from {@code kafka:}, whose consumer
 * does both, one from {@code jms:}, whose broker does, one from {@code hook:}, whose sender is told and tries again, and
 * one from {@code direct:}, whose failure is always its caller's. A file's own error handler stays.
 */
public final class ChangesRoutes implements ModelLifecycleStrategy {
    private static final List<String> FAILURES_TOLD_ELSEWHERE =
            List.of("changes:", "events:", "hook:", "kafka:", "jms:", "direct:");

    private final CamelContext context;

    public ChangesRoutes(CamelContext context) {
        this.context = context;
    }

    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        String uri = route.getInput() == null ? "" : route.getInput().getEndpointUri();
        if (uri.startsWith("changes:") || uri.startsWith("events:")) {
            refuseUnnamed(route, uri);
        }
        boolean told = FAILURES_TOLD_ELSEWHERE.stream().anyMatch(uri::startsWith);
        if (told && inherits(route.getErrorHandlerFactory())) {
            route.setErrorHandlerFactory(quiet());
        }
    }

    /**
     * An id that Camel makes up changes with the order of files, and a kamelet's route gets one from its user's place:
     * after a restart the subscription would be another one.
     */
    private static void refuseUnnamed(RouteDefinition route, String uri) {
        String remedy = null;
        if (!route.hasCustomIdAssigned()) {
            remedy = "A route from " + uri + " needs an id of its own (in XML: <route id=\"orders-to-crm\">)";
        } else if (Boolean.TRUE.equals(route.isKamelet()) && !uri.contains("subscription=")) {
            remedy = "A kamelet's route from " + uri + " needs the option subscription={{a parameter}}";
        }
        if (remedy != null) {
            throw new IllegalArgumentException(
                    remedy + ": it names the subscription, whose place in the journal is kept over restarts");
        }
    }

    private boolean inherits(ErrorHandlerFactory handler) {
        return handler == context.getCamelContextExtension().getErrorHandlerFactory()
                || (handler instanceof RefErrorHandlerDefinition reference
                        && RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(reference.getRef()));
    }

    private static ErrorHandlerFactory quiet() {
        DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
        handler.disableRedelivery();
        handler.logExhausted(false);
        handler.logExhaustedMessageHistory(false);
        // Without redeliveries Camel asks neither of the above, only the logger itself.
        handler.setLevel(LoggingLevel.OFF.name());
        return handler;
    }

    @Override
    public void onRemoveRouteDefinition(RouteDefinition route) {}

    @Override
    public void onAddRouteTemplateDefinition(RouteTemplateDefinition template) {}

    @Override
    public void onRemoveRouteTemplateDefinition(RouteTemplateDefinition template) {}
}
