package io.bactrian.camel;

import io.bactrian.database.Database;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.RouteTemplateContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ConvertBodyDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.MarshalDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetBodyDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.TransformDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.EndpointHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the routes whose messages may share a database transaction without anyone seeing a difference but in its speed: all
 * that they do to the world is to write to and read from one database by {@link JoiningEndpoint}s, on the thread that
 * brought the message. Steps that aren't known to be harmless aren't.
 */
public final class JoinedRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedRoutes.class);
    private static final Set<String> LANGUAGES = Set.of(
            "constant", "simple", "header", "exchangeProperty", "variable", "jsonpath", "jq", "xpath", "tokenize");
    private static final Set<Class<?>> MAPPINGS = Set.of(
            LogDefinition.class,
            ConvertBodyDefinition.class,
            MarshalDefinition.class,
            UnmarshalDefinition.class,
            SetBodyDefinition.class,
            SetHeaderDefinition.class,
            SetPropertyDefinition.class,
            SetVariableDefinition.class,
            TransformDefinition.class);

    private final CamelContext context;
    private final Set<Database> databases = new HashSet<>();
    /** Of the route that is looked at, where a template made it. */
    private Map<String, Object> parameters = Map.of();

    private @Nullable RouteTemplateContext template;

    private JoinedRoutes(CamelContext context) {
        this.context = context;
    }

    /** The one database that the routes from this endpoint work with; empty where their messages must stay apart. */
    public static Optional<Database> from(Endpoint endpoint) {
        CamelContext context = endpoint.getCamelContext();
        JoinedRoutes look = new JoinedRoutes(context);
        List<Route> routes = context.getRoutes().stream()
                .filter(route -> route.getEndpoint() == endpoint)
                .toList();
        boolean joined;
        try {
            joined = routes.stream()
                    .allMatch(
                            route -> look.joins(((ModelCamelContext) context).getRouteDefinition(route.getRouteId())));
        } catch (RuntimeException e) {
            LOG.debug("What the routes from {} do isn't clear, so each message goes by itself", endpoint, e);
            joined = false;
        }
        return joined && look.databases.size() == 1 ? look.databases.stream().findFirst() : Optional.empty();
    }

    private boolean joins(@Nullable RouteDefinition route) {
        // A route's own error handler may try again later, on another thread, or send elsewhere.
        if (route == null || !isPlain(route.getErrorHandlerFactory())) {
            return false;
        }
        parameters = route.getTemplateParameters() == null ? Map.of() : route.getTemplateParameters();
        template = route.getRouteTemplateContext();
        return join(route.getOutputs());
    }

    private static boolean isPlain(@Nullable Object errorHandler) {
        return errorHandler instanceof DefaultErrorHandlerDefinition handler
                && !(handler instanceof DeadLetterChannelDefinition)
                && handler.hasRedeliveryPolicy()
                && "0".equals(handler.getRedeliveryPolicy().getMaximumRedeliveries());
    }

    private boolean join(List<ProcessorDefinition<?>> steps) {
        return steps.stream().allMatch(this::joins);
    }

    private boolean joins(ProcessorDefinition<?> step) {
        if (step instanceof ToDefinition to) {
            return to.getPattern() == null && joins(endpoint(to));
        }
        if (step instanceof ProcessDefinition process) {
            return process.getRef() != null && bean(process.getRef()) instanceof MessageMapping;
        }
        if (step instanceof ChoiceDefinition choice) {
            return choice.getWhenClauses().stream()
                            .allMatch(when -> looks(when.getExpression()) && join(when.getOutputs()))
                    && (choice.getOtherwise() == null
                            || join(choice.getOtherwise().getOutputs()));
        }
        if (step instanceof FilterDefinition filter) {
            return looks(filter.getExpression()) && join(filter.getOutputs());
        }
        return MAPPINGS.contains(step.getClass())
                && (!(step instanceof ExpressionNode node) || looks(node.getExpression()));
    }

    private boolean joins(Endpoint endpoint) {
        if (endpoint instanceof JoiningEndpoint joining) {
            databases.add(joining.theDatabase());
            return true;
        }
        return endpoint.getEndpointBaseUri().startsWith("log:");
    }

    private Endpoint endpoint(ToDefinition to) {
        return context.getEndpoint(resolved(to.getEndpointUri()));
    }

    private @Nullable Object bean(String name) {
        RouteTemplateContext own = template;
        // A template's own are not in the registry, and are named by a placeholder.
        Object bean = own == null
                ? null
                : own.getLocalBeanRepository()
                        .lookupByName(name.replace("{{", "").replace("}}", ""));
        return bean == null ? context.getRegistry().lookupByName(resolved(name)) : bean;
    }

    private String resolved(String text) {
        PropertiesComponent properties = context.getPropertiesComponent();
        Properties local = new Properties();
        local.putAll(parameters);
        properties.setLocalProperties(local);
        try {
            return EndpointHelper.resolveEndpointUriPropertyPlaceholders(context, text);
        } finally {
            properties.setLocalProperties(null);
        }
    }

    /** Whether it is an expression that can't do anything. */
    private static boolean looks(@Nullable ExpressionDefinition expression) {
        return expression != null
                && expression.getLanguage() != null
                && LANGUAGES.contains(expression.getLanguage())
                && !String.valueOf(expression.getExpression()).contains("bean:");
    }
}
