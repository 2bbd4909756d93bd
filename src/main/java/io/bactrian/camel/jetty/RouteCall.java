package io.bactrian.camel.jetty;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.jetty.JettyHttpEndpoint;
import org.apache.camel.http.common.HttpCommonEndpoint;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.http.common.HttpMessage;
import org.apache.camel.util.UnsafeUriCharactersEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through a route. A route that ends in the calling thread is answered there; only one that
 * goes on elsewhere makes the request asynchronous.
 */
final class RouteCall implements AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(RouteCall.class);

    private final HttpConsumer consumer;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AtomicBoolean answered = new AtomicBoolean();

    RouteCall(HttpConsumer consumer, HttpServletRequest request, HttpServletResponse response) {
        this.consumer = consumer;
        this.request = request;
        this.response = response;
    }

    void run() throws IOException {
        Exchange exchange = exchange();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            consumer.createUoW(exchange);
        } catch (Exception e) {
            consumer.releaseExchange(exchange, false);
            LOG.warn("No exchange for {}", consumer.getEndpoint(), e);
            response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            return;
        }
        consumer.getAsyncProcessor().process(exchange, doneInCaller -> done.complete(null));
        if (done.isDone()) {
            answer(exchange);
        } else {
            answerLater(exchange, done);
        }
    }

    private void answerLater(Exchange exchange, CompletableFuture<Void> done) {
        AsyncContext async = request.startAsync();
        if (consumer.getEndpoint() instanceof JettyHttpEndpoint endpoint && endpoint.getContinuationTimeout() != null) {
            async.setTimeout(endpoint.getContinuationTimeout());
        }
        async.addListener(this);
        var unused = done.thenRun(() -> {
            if (answer(exchange)) {
                async.complete();
            }
        });
    }

    private Exchange exchange() {
        HttpCommonEndpoint endpoint = consumer.getEndpoint();
        Exchange exchange = consumer.createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        if (endpoint.isBridgeEndpoint()) {
            exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, Boolean.TRUE);
            exchange.setProperty(Exchange.SKIP_WWW_FORM_URLENCODED, Boolean.TRUE);
        }
        if (endpoint.isDisableStreamCache()) {
            exchange.setProperty(Exchange.DISABLE_HTTP_STREAM_CACHE, Boolean.TRUE);
        }
        String charset = request.getCharacterEncoding();
        if (charset != null) {
            exchange.setProperty(ExchangePropertyKey.CHARSET_NAME, charset);
        }
        HttpMessage message = new HttpMessage(exchange, endpoint, request, response);
        exchange.setIn(message);
        String contextPath = endpoint.getPath();
        message.setHeader("CamelServletContextPath", contextPath);
        String path = message.getHeader(Exchange.HTTP_PATH, String.class);
        // The path as received is encoded, the route's isn't.
        String prefix = contextPath == null ? "" : UnsafeUriCharactersEncoder.encodeHttpURI(contextPath);
        if (path != null && !prefix.isEmpty() && path.startsWith(prefix)) {
            message.setHeader(Exchange.HTTP_PATH, path.substring(prefix.length()));
        }
        return exchange;
    }

    /** @return false if the caller has been told already that it takes too long */
    private boolean answer(Exchange exchange) {
        boolean first = answered.compareAndSet(false, true);
        try {
            if (first) {
                Integer buffer = consumer.getEndpoint().getResponseBufferSize();
                if (buffer != null) {
                    response.setBufferSize(buffer);
                }
                consumer.getBinding().writeResponse(exchange, response);
            }
        } catch (Exception e) {
            // The caller has gone, or the body can't be written.
            LOG.debug("No answer for {}", consumer.getEndpoint(), e);
            fail(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        } finally {
            consumer.doneUoW(exchange);
            consumer.releaseExchange(exchange, false);
        }
        return first;
    }

    private void fail(int status) {
        if (!response.isCommitted()) {
            response.reset();
            response.setStatus(status);
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (answered.compareAndSet(false, true)) {
            LOG.warn("Route {} took too long for its caller", consumer.getRouteId());
            fail(HttpServletResponse.SC_GATEWAY_TIMEOUT);
            event.getAsyncContext().complete();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
