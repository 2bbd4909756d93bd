package io.bactrian.http;

import io.bactrian.camel.BactrianHeaders;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Every request comes through here, and only what is listed here is open: liveness, readiness, inbound hooks (which have
 * their signatures) and the open paths of users' routes. All else needs a key before anything looks at it (invariant
 * 17).
 *
 * <p>The decision is made on the canonical path, the one by which the request is then dispatched. The wrapped handler
 * holds the users' routes.
 */
final class FrontDoor extends Handler.Wrapper {
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final String HOOKS = "/hooks/";

    private static final int MAX_CALLS = 50;

    private final Turns turns = new Turns("calls of the API", MAX_CALLS);
    private final HttpSettings settings;
    private final KeyGate gate;
    private final HookEndpoint hooks;
    private final HealthEndpoint health;
    private final MetricsEndpoint metrics;
    private final ApiEndpoints api;
    private final ChangeStreams streams;

    FrontDoor(HttpSettings settings, ServedRooms rooms, RequestCounter requests) {
        super(true, null);
        this.settings = settings;
        this.gate = new KeyGate(rooms.keys());
        this.hooks = new HookEndpoint(rooms.hooks(), gate);
        this.health = new HealthEndpoint(rooms.platform());
        this.metrics = new MetricsEndpoint(rooms.subscriptions(), rooms.platform(), requests);
        ChangeEndpoint changes = new ChangeEndpoint(rooms.subscriptions(), rooms.databases());
        this.api = new ApiEndpoints(rooms, changes);
        this.streams = new ChangeStreams(changes, rooms.keys()::isValid);
    }

    void routesLoaded() {
        hooks.routesLoaded();
    }

    int liveFeeds() {
        return streams.size();
    }

    void drain() {
        hooks.stop();
        health.stop();
        streams.stop();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        try {
            String path = request.getHttpURI().getCanonicalPath();
            if (path == null || !path.startsWith("/")) {
                throw HttpProblem.badRequest("The request has no path");
            }
            if (path.startsWith(HOOKS)) {
                hooks.handle(path.substring(HOOKS.length()), request, response, callback);
            } else if (path.equals("/health/live")) {
                readOnly(request);
                health.live().write(response, callback);
            } else if (path.equals("/health/ready")) {
                readOnly(request);
                health.ready(gate.caller(request).isPresent()).write(response, callback);
            } else if (isOurs(path)) {
                answerKeyed(path, request, response, callback);
            } else {
                return route(path, request, response, callback);
            }
        } catch (RuntimeException e) {
            Failures.answer(e, request, response, callback);
        }
        return true;
    }

    private static boolean isOurs(String path) {
        return path.startsWith("/api/") || path.equals("/api") || path.equals("/metrics");
    }

    private void answerKeyed(String path, Request request, Response response, Callback callback) {
        Caller caller = gate.require(request);
        if (path.equals("/metrics")) {
            readOnly(request);
            metrics.answer().write(response, callback);
        } else if (WITH_BODY.contains(request.getMethod())) {
            BodyReader.read(
                    request,
                    settings.maxBody(),
                    body -> answerApi(request, body, caller, response, callback),
                    cause -> Failures.answer(cause, request, response, callback));
        } else {
            answerApi(request, new byte[0], caller, response, callback);
        }
    }

    private void answerApi(Request request, byte[] body, Caller caller, Response response, Callback callback) {
        try {
            HttpCall call = HttpCall.of(request.getMethod(), request.getHttpURI(), request.getHeaders(), body, caller);
            if (ChangeStreams.isAsked(request, call)) {
                turns.run(() -> streams.open(call, request, response, callback));
            } else {
                turns.run(() -> api.answer(call).write(response, callback));
            }
        } catch (RuntimeException e) {
            Failures.answer(e, request, response, callback);
        }
    }

    private boolean route(String path, Request request, Response response, Callback callback) throws Exception {
        HttpURI uri = request.getHttpURI();
        if (uri.hasViolations()) {
            // What the routes make of such a path is not what we would have judged it by.
            throw HttpProblem.badRequest("The path is ambiguous");
        }
        boolean open = settings.isOpen(path);
        if (!open) {
            gate.require(request);
        }
        if (getHandler() == null) {
            throw HttpProblem.notFound("There is nothing at " + uri.getPath());
        }
        return super.handle(new RouteRequest(request, !open), response, callback);
    }

    private static void readOnly(Request request) {
        if (!Set.of("GET", "HEAD").contains(request.getMethod())) {
            throw HttpProblem.methodNotAllowed(request.getMethod(), "GET");
        }
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        metrics.close();
    }

    /** What a user's route may see of a request's head: nothing that steers the platform or Camel, and not our key. */
    private static final class RouteRequest extends Request.Wrapper {
        private final HttpFields headers;

        RouteRequest(Request request, boolean keyed) {
            super(request);
            HttpFields given = request.getHeaders();
            boolean clean = true;
            for (HttpField field : given) {
                clean &= !isHidden(field, keyed);
            }
            headers = clean ? given : without(given, keyed);
        }

        private static HttpFields without(HttpFields given, boolean keyed) {
            HttpFields.Mutable kept = HttpFields.build();
            for (HttpField field : given) {
                if (!isHidden(field, keyed)) {
                    kept.add(field);
                }
            }
            return kept.asImmutable();
        }

        private static boolean isHidden(@Nullable HttpField field, boolean keyed) {
            return field != null
                    && (BactrianHeaders.steers(field.getName())
                            || keyed && field.getHeader() == HttpHeader.AUTHORIZATION);
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }
    }
}
