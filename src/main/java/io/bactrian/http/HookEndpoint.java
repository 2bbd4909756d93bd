package io.bactrian.http;

import io.bactrian.hook.InboundHooks;
import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.InboundHook;
import io.bactrian.hook.SignatureVerifier.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /hooks/NAME}: hands a verified call to the route that serves the hook, and its answer back.
 *
 * <p>Holds no thread while the body arrives, nor while the route works asynchronously. A call that isn't verified
 * reaches nothing. Until the routes are loaded an unknown hook is "not yet" (503): a sender must not take a restart for
 * the hook's end.
 */
final class HookEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(HookEndpoint.class);

    private static final int MAX_CALLS = 100;

    private enum Phase {
        LOADING,
        SERVING,
        STOPPING
    }

    private final InboundHooks hooks;
    private final KeyGate gate;
    private final Turns turns = new Turns("calls of hooks", MAX_CALLS);
    private final Set<String> refusing = ConcurrentHashMap.newKeySet();
    private volatile Phase phase = Phase.LOADING;

    HookEndpoint(InboundHooks hooks, KeyGate gate) {
        this.hooks = hooks;
        this.gate = gate;
    }

    void routesLoaded() {
        phase = Phase.SERVING;
    }

    void stop() {
        phase = Phase.STOPPING;
    }

    void handle(String name, Request request, Response response, Callback callback) {
        InboundHook hook = serving(name);
        if (!"POST".equals(request.getMethod())) {
            throw HttpProblem.methodNotAllowed(request.getMethod(), "POST");
        }
        if (hook.needsKey()) {
            gate.require(request);
        }
        // A route may take longer than a quiet connection is kept.
        request.addIdleTimeoutListener(timeout -> false);
        Consumer<Throwable> failed = cause -> Failures.answer(cause, request, response, callback);
        BodyReader.read(
                request,
                hook.maxSize(),
                body -> {
                    try {
                        deliver(hook, request, body, answerOnce(response, callback));
                    } catch (RuntimeException e) {
                        failed.accept(e);
                    }
                },
                failed);
    }

    private InboundHook serving(String name) {
        if (phase == Phase.STOPPING) {
            throw HttpProblem.unavailable("The platform is stopping", 5);
        }
        Optional<InboundHook> hook = hooks.find(name);
        if (hook.isEmpty() && phase == Phase.LOADING) {
            throw HttpProblem.unavailable("The platform is starting", 2);
        }
        return hook.orElseThrow(() -> HttpProblem.notFound("There is no hook '" + name + "'"));
    }

    private void deliver(InboundHook hook, Request request, byte[] body, Consumer<Answer> answer) {
        Map<String, List<String>> headers = HookHeaders.of(request.getHeaders(), hook.needsKey());
        Verdict verdict = hook.verifier().verify(headers, body);
        if (verdict instanceof Verdict.Refused refused) {
            noteRefused(hook.name(), refused.reason());
            throw new HttpProblem(401, "The call can't be verified: " + refused.reason());
        }
        if (!refusing.isEmpty() && refusing.remove(hook.name())) {
            LOG.info("Hook {}: calls are verified again", hook.name());
        }
        String messageId = ((Verdict.Accepted) verdict).messageId();
        String query = request.getHttpURI().getQuery();
        Call call = new Call(hook.name(), headers, HookHeaders.query(query), body, messageId);
        turns.run(() -> hook.handler().handle(call, answer));
    }

    private void noteRefused(String name, String reason) {
        if (refusing.add(name)) {
            LOG.warn("Hook {}: a call was refused (401), nothing was stored: {}", name, reason);
        }
    }

    private static Consumer<Answer> answerOnce(Response response, Callback callback) {
        AtomicBoolean answered = new AtomicBoolean();
        return answer -> {
            if (answered.compareAndSet(false, true)) {
                response.setStatus(answer.status());
                if (!answer.headers().isEmpty()) {
                    answer.headers().forEach(response.getHeaders()::put);
                }
                HttpAnswer.write(response, answer.contentType(), answer.body(), callback);
            }
        };
    }
}
