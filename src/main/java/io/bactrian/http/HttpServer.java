package io.bactrian.http;

import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP server.
 *
 * <p>Life: {@link #start}, then {@link #routesLoaded} when the routes serve their hooks (until then an unknown hook is
 * answered 503, "not yet"), {@link #drain} before the routes stop, {@link #close} at the end. Starting and closing are
 * one thread's; requests run on a pool of their own.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    /** More than may wait for databases at a time ({@link Turns}); idle ones end after a minute. */
    private static final int MAX_THREADS = 200;

    private static final int MIN_THREADS = 4;
    private static final int HEAD_BYTES = 16 * 1024;
    private static final long STOP_MILLIS = 10_000;
    private static final long IDLE_MILLIS = 60_000;

    private final HttpSettings settings;
    private final Server server;
    private final ServerConnector connector;
    private final FrontDoor door;

    public HttpServer(HttpSettings settings, ServedRooms rooms) {
        this.settings = settings;
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("http");
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(1024);
        // Without it an answer may wait 40 ms for the peer's acknowledgement.
        connector.setAcceptedTcpNoDelay(true);
        server.addConnector(connector);
        RequestCounter requests = new RequestCounter();
        door = new FrontDoor(settings, rooms, requests);
        server.setHandler(new GracefulHandler(door));
        server.setRequestLog(requests);
        server.setErrorHandler(new ProblemErrors());
        server.setStopTimeout(STOP_MILLIS);
    }

    /**
     * Listens.
     *
     * @throws HttpStartException where the port is taken or the address isn't ours, with the remedy
     */
    public void start() {
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new HttpStartException(reason(e), e);
        }
        LOG.info("Listening on http://{}:{}", settings.host(), port());
    }

    /** The port it listens on, also where the settings leave it open. */
    public int port() {
        return connector.getLocalPort();
    }

    /**
     * Serves users' own routes at every path that isn't the platform's, behind the key unless the path is open in the
     * settings. Once, before or after the start.
     */
    public void mountRoutes(HttpServlet servlet) {
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
        ServletHolder holder = new ServletHolder("routes", servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        context.setErrorHandler(new ProblemErrors());
        context.setServer(server);
        door.setHandler(context);
        if (server.isStarted() && !context.isStarted()) {
            try {
                context.start();
            } catch (Exception e) {
                throw new HttpStartException("The routes' servlet can't start: " + e, e);
            }
        }
    }

    /** How many live feeds are open. */
    int liveFeeds() {
        return door.liveFeeds();
    }

    /** All routes were loaded: from now on a hook that none serves is unknown (404). */
    public void routesLoaded() {
        door.routesLoaded();
    }

    /** Hooks are refused (503) and readiness is red from now on; what is under way goes on. */
    public void drain() {
        door.drain();
    }

    /** Lets requests under way finish (10 s), then stops. Again is harmless. */
    @Override
    public void close() {
        drain();
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The HTTP server didn't stop cleanly: {}", e.toString());
        }
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEAD_BYTES);
        // A row's key in a path may hold any character: we split the raw path, then decode.
        http.setUriCompliance(UriCompliance.from(EnumSet.of(
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
                UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS)));
        return http;
    }

    private String reason(Exception failure) {
        String where = settings.host() + ":" + settings.port();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean taken = cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use");
            if (taken) {
                return "Port " + settings.port() + " on " + settings.host()
                        + " is taken: stop what listens there, or set bactrian.http.port to another";
            }
            if (cause instanceof BindException || cause instanceof UnresolvedAddressException) {
                return "Can't listen on " + where + " (" + cause.getMessage()
                        + "): set bactrian.http.host to an address of this machine";
            }
        }
        return "Can't listen on " + where + ": " + (failure instanceof IOException ? failure.getMessage() : failure);
    }
}
