package io.bactrian.camel.jetty;

import io.bactrian.camel.routes.ReplaceAware;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.camel.http.common.CamelServlet;
import org.apache.camel.http.common.HttpConstants;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.http.common.HttpRestServletResolveConsumerStrategy;
import org.apache.camel.http.common.ServletResolveConsumerStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route for a request and runs it. Unlike Camel's servlet it looks a request's route up once only: a request
 * whose route is replaced while it runs still gets its answer. Thread-safe.
 */
final class RoutesServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final List<String> METHODS = CamelServlet.METHODS;

    private final transient Map<String, HttpConsumer> consumers = new ConcurrentHashMap<>();
    /** Per consumer, the requests that are being handed to it and that Camel doesn't count as in flight yet. */
    private final transient Map<HttpConsumer, AtomicInteger> entering = new ConcurrentHashMap<>();

    private final transient HeldRequests held = new HeldRequests();
    private final transient ServletResolveConsumerStrategy strategy = new HttpRestServletResolveConsumerStrategy();

    ReplaceAware.Hold hold() {
        return held.hold();
    }

    /** @throws IllegalStateException if another route serves the same path and method */
    synchronized void connect(HttpConsumer consumer) {
        for (HttpConsumer other : consumers.values()) {
            if (other != consumer && overlap(consumer, other)) {
                throw new IllegalStateException(
                        "the path " + consumer.getPath() + " is served by route " + other.getRouteId() + " already");
            }
        }
        entering.put(consumer, new AtomicInteger());
        consumers.put(key(consumer), consumer);
    }

    private static boolean overlap(HttpConsumer one, HttpConsumer two) {
        return Objects.equals(one.getPath(), two.getPath())
                && one.getEndpoint().isMatchOnUriPrefix() == two.getEndpoint().isMatchOnUriPrefix()
                && methods(one).stream().anyMatch(methods(two)::contains);
    }

    private static List<String> methods(HttpConsumer consumer) {
        String restrict = consumer.getEndpoint().getHttpMethodRestrict();
        return restrict == null
                ? METHODS
                : Arrays.stream(restrict.split(",")).map(String::strip).toList();
    }

    private static String key(HttpConsumer consumer) {
        return consumer.getEndpoint().getEndpointUri() + "#" + System.identityHashCode(consumer);
    }

    /** Returns when no request is on its way into the consumer any more. */
    void disconnect(HttpConsumer consumer) {
        consumers.remove(key(consumer));
        AtomicInteger underway = entering.remove(consumer);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (underway != null && underway.get() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Twice: a replacement may end between the look-up and the wait.
        for (int attempt = 0; attempt < 2; attempt++) {
            HttpConsumer consumer = strategy.resolve(request, consumers);
            AtomicInteger entered = consumer == null ? null : enter(consumer);
            if (consumer != null && entered != null) {
                try {
                    answer(consumer, request, response);
                } finally {
                    entered.decrementAndGet();
                }
                return;
            }
            if (held.add(request)) {
                return;
            }
        }
        refuse(request, response);
    }

    /** Null when the route is being stopped. */
    private @Nullable AtomicInteger enter(HttpConsumer consumer) {
        AtomicInteger underway = entering.get(consumer);
        if (underway == null) {
            return null;
        }
        underway.incrementAndGet();
        if (consumer.isSuspended() || !entering.containsKey(consumer)) {
            underway.decrementAndGet();
            return null;
        }
        return underway;
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (strategy.resolve(request, consumers) != null) {
            response.setHeader("Retry-After", "1");
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        String allowed = allowedMethods(request);
        if (allowed.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            response.setHeader("Allow", allowed);
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }

    private String allowedMethods(HttpServletRequest request) {
        return METHODS.stream()
                .filter(method -> strategy.isHttpMethodAllowed(request, method, consumers))
                .collect(Collectors.joining(", "));
    }

    private void answer(HttpConsumer consumer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String method = request.getMethod();
        if ("OPTIONS".equals(method) && !consumer.isOptionsEnabled()) {
            response.setHeader("Allow", allowedMethods(request));
        } else if (methods(consumer).stream().noneMatch(method::equalsIgnoreCase)
                || "TRACE".equals(method) && !consumer.isTraceEnabled()) {
            response.setHeader("Allow", allowedMethods(request));
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else if (HttpConstants.CONTENT_TYPE_JAVA_SERIALIZED_OBJECT.equals(request.getContentType())) {
            response.sendError(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
        } else {
            new RouteCall(consumer, request, response).run();
        }
    }
}
