package io.bactrian.camel.jetty;

import io.bactrian.camel.routes.ReplaceAware;
import jakarta.servlet.http.HttpServlet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.jetty.JettyHttpEndpoint;
import org.apache.camel.component.jetty12.JettyHttpComponent12;
import org.apache.camel.http.common.HttpCommonEndpoint;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.spi.RestConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The `jetty:` component of the platform. An endpoint with the platform's port and a host that means this machine is
 * served by {@link #servlet()}; `rest:` does so without further configuration. While routes are replaced, requests to
 * them wait. Thread-safe.
 *
 * <p>CORS is refused: Camel's filter allows any origin with credentials.
 */
public final class PlatformJetty extends JettyHttpComponent12 implements ReplaceAware {
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "0.0.0.0", "localhost", "[::1]", "[::]");
    private static final List<String> RESERVED =
            List.of("/api", "/hooks", "/health", "/metrics", "/console", "/connectors", "/openapi.json");
    private static final String CORS_REFUSED =
            "enableCORS isn't available: it would let every web page use this server with its visitor's credentials";

    private final String host;
    private final int port;
    private final RoutesServlet servlet = new RoutesServlet();

    public PlatformJetty(String host, int port) {
        this.host = host;
        this.port = port;
        setHeaderFilterStrategy(new PlatformHeaders());
    }

    /** Makes it the context's `jetty:` and the default of `rest:`; the server has to mount its servlet. */
    public static PlatformJetty install(CamelContext context, String host, int port) {
        PlatformJetty jetty = new PlatformJetty(host, port);
        context.addComponent("jetty", jetty);
        RestConfiguration rest = new RestConfiguration();
        rest.setComponent("jetty");
        rest.setHost(host);
        rest.setPort(port);
        context.setRestConfiguration(rest);
        return jetty;
    }

    /** Serves every route that consumes from the platform's port; mount it at {@code /*}. */
    public HttpServlet servlet() {
        return servlet;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (Boolean.parseBoolean(String.valueOf(parameters.get("enableCORS")))) {
            throw new IllegalArgumentException(CORS_REFUSED);
        }
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) super.createEndpoint(uri, remaining, parameters);
        if (isOurs(endpoint)) {
            requireServable(endpoint);
        }
        return endpoint;
    }

    private static void requireServable(JettyHttpEndpoint endpoint) {
        if (endpoint.isSessionSupport() || notEmpty(endpoint.getHandlers()) || notEmpty(endpoint.getFilters())) {
            throw new IllegalArgumentException(
                    "sessionSupport, handlers and filters aren't available on the platform's own port "
                            + endpoint.getPort());
        }
        String path = String.valueOf(endpoint.getPath()).toLowerCase(Locale.ROOT);
        for (String reserved : RESERVED) {
            if (path.equals(reserved) || path.startsWith(reserved + "/")) {
                throw new IllegalArgumentException("the path " + reserved + " is the platform's own");
            }
        }
    }

    private static boolean notEmpty(@Nullable List<?> list) {
        return list != null && !list.isEmpty();
    }

    private boolean isOurs(HttpCommonEndpoint endpoint) {
        String name = String.valueOf(endpoint.getHttpUri().getHost());
        return endpoint.getPort() == port
                && "http".equals(endpoint.getProtocol())
                && (name.equalsIgnoreCase(host) || THIS_MACHINE.contains(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Consumer createConsumer(
            CamelContext camelContext,
            Processor processor,
            String verb,
            String basePath,
            String uriTemplate,
            String consumes,
            String produces,
            RestConfiguration configuration,
            Map<String, Object> parameters)
            throws Exception {
        if (configuration != null && configuration.isEnableCORS()) {
            throw new IllegalArgumentException(CORS_REFUSED);
        }
        return super.createConsumer(
                camelContext, processor, verb, basePath, uriTemplate, consumes, produces, configuration, parameters);
    }

    @Override
    public boolean canConnect(HttpConsumer consumer) throws Exception {
        return isOurs(consumer.getEndpoint()) || super.canConnect(consumer);
    }

    @Override
    public void connect(HttpConsumer consumer) throws Exception {
        if (isOurs(consumer.getEndpoint())) {
            servlet.connect(consumer);
        } else {
            super.connect(consumer);
        }
    }

    @Override
    public void disconnect(HttpConsumer consumer) throws Exception {
        if (isOurs(consumer.getEndpoint())) {
            servlet.disconnect(consumer);
        } else {
            super.disconnect(consumer);
        }
    }

    @Override
    public Component copyForCheck() {
        return new PlatformJetty(host, port);
    }

    @Override
    public Hold hold() {
        return servlet.hold();
    }
}
