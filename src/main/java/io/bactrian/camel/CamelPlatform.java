package io.bactrian.camel;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.SimpleMain;
import org.apache.camel.model.ModelCamelContext;

/**
 * The one Camel context that all routes run in. It is made, filled (components, beans), started without routes, and
 * then the route loader adds them and starts each, again and again where one can't start yet: Camel's own supervision
 * covers only the routes that are there when a context starts.
 *
 * <p>{@code camel.*} properties configure it as they do any Camel application; a wrong one fails {@link #create}. All
 * properties are there for <code>{{key}}</code> in route files. Thread-safe.
 */
public final class CamelPlatform implements AutoCloseable {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(3);

    private final DefaultCamelContext context;
    private final SimpleMain main;

    private CamelPlatform(DefaultCamelContext context, SimpleMain main) {
        this.context = context;
        this.main = main;
    }

    /**
     * Builds the context; nothing is started yet.
     *
     * @param properties the configuration, by key
     * @throws IllegalArgumentException where a {@code camel.*} property is wrong
     */
    public static CamelPlatform create(Rooms rooms, Map<String, String> properties) {
        DefaultCamelContext context = new DefaultCamelContext(false);
        context.disableJMX();
        rooms.bindTo(context.getRegistry());
        SimpleMain main = new SimpleMain(context);
        main.setPropertyPlaceholderLocations("false");
        Properties all = new Properties();
        all.putAll(properties);
        main.setInitialProperties(all);
        defaults(main.configure());
        try {
            main.init();
        } catch (Exception e) {
            throw refusal(e);
        }
        context.addModelLifecycleStrategy(new ChangesRoutes(context));
        return new CamelPlatform(context, main);
    }

    /** Where routes, components and beans are added. */
    public ModelCamelContext context() {
        return context;
    }

    /** Starts the context and what was added to it. */
    public void start() {
        main.start();
    }

    /**
     * Finishes what is in flight, for at most three seconds, and stops: with the subscriptions before, the whole ends within
     * ten, which is what supervisors of processes commonly grant.
     *
     * <p>Close the subscriptions before: they drain side by side while the routes still run, here one route after the
     * other.
     */
    @Override
    public void close() {
        context.stop();
    }

    /** Without Camel's own message where that holds the value, which may be a secret. */
    private static IllegalArgumentException refusal(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PropertyBindingException binding) {
                String key = Objects.requireNonNullElse(binding.getOptionPrefix(), "") + binding.getPropertyName();
                return new IllegalArgumentException(
                        "Camel refuses the key " + key + ": there is no such option, or it can't have that value");
            }
        }
        return new IllegalArgumentException("Camel refuses its configuration: " + Reasons.of(failure), failure);
    }

    private static void defaults(MainConfigurationProperties configuration) {
        configuration.setName("bactrian");
        configuration.setJmxEnabled(false);
        // The loader adds routes file by file; Camel's own loading and reloading is all or nothing.
        configuration.setRoutesCollectorEnabled(false);
        configuration.setAutoConfigurationLogSummary(false);
        configuration.setStartupSummaryLevel(StartupSummaryLevel.Off);
        configuration.setShutdownTimeout((int) STOP_WITHIN.toSeconds());
        configuration.setShutdownSuppressLoggingOnTimeout(false);
        configuration.setUuidGenerator("simple");
    }
}
