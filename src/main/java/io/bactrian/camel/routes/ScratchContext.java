package io.bactrian.camel.routes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Component;
import org.apache.camel.Service;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.StaticService;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultComponentResolver;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.CliConnectorFactory;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.ExtendedPropertyConfigurerGetter;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.RestConfiguration;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/**
 * Makes throw-away contexts in which a file's text can be tried: they see the live context's beans, properties,
 * component options and REST configuration, create endpoints and processors, and start no route.
 */
final class ScratchContext {
    private ScratchContext() {}

    /** Built and initialized; the caller loads into it, starts it (which creates the routes) and stops it. */
    static DefaultCamelContext over(CamelContext live) {
        DefaultCamelContext scratch = new DefaultCamelContext(new DefaultRegistry(new BeansOnly(live.getRegistry())));
        scratch.setAutoStartup(false);
        scratch.disableJMX();
        scratch.setApplicationContextClassLoader(live.getApplicationContextClassLoader());
        scratch.setSourceLocationEnabled(true);
        scratch.setLoadTypeConverters(false);
        scratch.setGlobalOptions(new LinkedHashMap<>(live.getGlobalOptions()));
        scratch.getShutdownStrategy().setTimeout(1);
        scratch.setStartupSummaryLevel(StartupSummaryLevel.Off);
        // Camel's command line connector would end the whole application when this context stops.
        scratch.getCamelContextExtension()
                .addContextPlugin(CliConnectorFactory.class, absent(CliConnectorFactory.class));
        scratch.getCamelContextExtension().addContextPlugin(ComponentResolver.class, new LikeLive(live));
        scratch.setPropertiesComponent(propertiesOf(live));
        scratch.setRestConfiguration(copyOf(live, live.getRestConfiguration()));
        scratch.build();
        scratch.init();
        return scratch;
    }

    private static RestConfiguration copyOf(CamelContext context, RestConfiguration original) {
        RestConfiguration copy = new RestConfiguration();
        copyOptions(context, "org.apache.camel.spi.RestConfiguration", original, copy);
        return copy;
    }

    private static void copyOptions(CamelContext context, String configurerName, Object from, Object to) {
        PropertyConfigurer configurer =
                PluginHelper.getConfigurerResolver(context).resolvePropertyConfigurer(configurerName, context);
        if (configurer instanceof ExtendedPropertyConfigurerGetter options) {
            for (String option : options.getAllOptions(from).keySet()) {
                Object value = options.getOptionValue(from, option, false);
                if (value != null) {
                    configurer.configure(context, to, option, value, false);
                }
            }
        }
    }

    /** The live properties as they are, template parameters included, but with a life of their own. */
    private static PropertiesComponent propertiesOf(CamelContext live) {
        PropertiesComponent properties = live.getPropertiesComponent();
        return proxy(
                PropertiesComponent.class,
                (method, arguments) -> method.getDeclaringClass().isAssignableFrom(PropertiesComponent.class)
                                && method.getDeclaringClass() != PropertiesComponent.class
                        ? null
                        : method.invoke(properties, arguments));
    }

    private static <T> T absent(Class<T> type) {
        return proxy(type, (method, arguments) -> method.getReturnType() == boolean.class ? Boolean.FALSE : null);
    }

    private interface Call {
        @Nullable
        Object on(java.lang.reflect.Method method, Object @Nullable [] arguments) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return switch (method.getName()) {
                            case "equals" -> self == Objects.requireNonNull(arguments)[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "scratch " + type.getSimpleName();
                        };
                    }
                    try {
                        return call.on(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNullElse(e.getCause(), e);
                    }
                }));
    }

    /** Components that are set up as the live ones are, though never the live ones. */
    private static final class LikeLive implements ComponentResolver {
        private final CamelContext live;

        LikeLive(CamelContext live) {
            this.live = live;
        }

        @Override
        public @Nullable Component resolveComponent(String name, CamelContext scratch) throws Exception {
            Component original = live.getComponent(name, false, false);
            if (original instanceof ReplaceAware aware) {
                return aware.copyForCheck();
            }
            if (original == null) {
                return new DefaultComponentResolver().resolveComponent(name, scratch);
            }
            Component component = original.getClass().getDeclaredConstructor().newInstance();
            copyOptions(scratch, name + "-component-configurer", original, component);
            return component;
        }
    }

    /**
     * The live registry without what belongs to the live context itself: a component or a service of Camel's own
     * would be given the scratch context, and die with it.
     */
    private static final class BeansOnly implements BeanRepository {
        private final BeanRepository live;

        BeansOnly(BeanRepository live) {
            this.live = live;
        }

        @Override
        public @Nullable Object lookupByName(String name) {
            return named(live.lookupByName(name));
        }

        @Override
        public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
            return named(live.lookupByNameAndType(name, type));
        }

        private static <T> @Nullable T named(@Nullable T bean) {
            return bean instanceof Component || bean instanceof CamelContext ? null : bean;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            Map<String, T> found = new LinkedHashMap<>(live.findByTypeWithName(type));
            found.values().removeIf(bean -> belongsToContext(type, bean));
            return found;
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            Set<T> found = new LinkedHashSet<>(live.findByType(type));
            found.removeIf(bean -> belongsToContext(type, bean));
            return found;
        }

        private static boolean belongsToContext(Class<?> type, Object bean) {
            return type.getName().startsWith("org.apache.camel.")
                    && (bean instanceof CamelContextAware
                            || bean instanceof Service
                            || bean instanceof StaticService
                            || bean instanceof CamelContext);
        }
    }
}
