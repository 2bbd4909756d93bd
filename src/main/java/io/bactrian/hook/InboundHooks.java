package io.bactrian.hook;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inbound hooks that routes serve, by name. The HTTP server looks here.
 *
 * <p>A hook whose route is taken away stays for {@link #HANDOVER}: calls wait for a successor of the same name, so that
 * an edit of a route file under traffic fails no request; if none comes they are answered 503, to be sent again.
 * Thread-safe.
 */
public final class InboundHooks implements AutoCloseable {
    /** How long a name waits for its next route. A swap takes milliseconds, with a queue's consumer two seconds. */
    public static final Duration HANDOVER = Duration.ofSeconds(5);

    /** A verified call. Header names are lower-case. */
    public record Call(
            String hook,
            Map<String, List<String>> headers,
            Map<String, List<String>> query,
            byte[] body,
            @Nullable String messageId) {}

    /** The answer; a body of null is empty. Headers are such as {@code Retry-After}. */
    public record Answer(
            int status, @Nullable String contentType, byte @Nullable [] body, Map<String, String> headers) {
        public Answer(int status, @Nullable String contentType, byte @Nullable [] body) {
            this(status, contentType, body, Map.of());
        }

        /** An RFC 9457 problem. */
        public static Answer problem(int status, String title, String detail) {
            return Problems.answer(status, title, detail, Map.of());
        }

        /** A 503 that asks the sender to come again. */
        public static Answer comeAgain(String detail, Duration after) {
            return Problems.answer(
                    503, "Unavailable for now", detail, Map.of("Retry-After", Long.toString(after.toSeconds())));
        }
    }

    /** Takes a verified call; answers once, from any thread. */
    @FunctionalInterface
    public interface Handler {
        void handle(Call call, Consumer<Answer> answer);
    }

    /** One inbound hook: how calls are verified, what they may weigh, who takes them. */
    public record InboundHook(
            String name, SignatureVerifier verifier, int maxSize, boolean needsKey, Handler handler) {}

    private final Map<String, InboundHook> hooks = new ConcurrentHashMap<>();
    private final Duration handover;
    private final ScheduledThreadPoolExecutor timer;

    public InboundHooks() {
        this(HANDOVER);
    }

    InboundHooks(Duration handover) {
        this.handover = handover;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "hook-handover");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        // No thread while no hook changes hands.
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /**
     * Serves a hook from now on, the calls that waited for it included.
     *
     * @throws IllegalArgumentException where another route serves the name
     */
    public void add(InboundHook hook) {
        Vacancy waiting;
        synchronized (this) {
            InboundHook current = hooks.get(hook.name());
            waiting = current == null ? null : vacancy(current);
            if (current != null && waiting == null) {
                throw new IllegalArgumentException(
                        "Inbound hook '" + hook.name() + "' is served by another route already: choose another name");
            }
            hooks.put(hook.name(), hook);
        }
        if (waiting != null) {
            // Not on this thread: it is starting a route.
            timer.execute(() -> waiting.end(hook));
        }
    }

    /** Serves a hook no more; its name waits for a successor. Nothing where it isn't served (any more). */
    public synchronized void remove(InboundHook hook) {
        if (!hook.equals(hooks.get(hook.name()))) {
            return;
        }
        Vacancy vacancy = new Vacancy(hook.needsKey());
        hooks.put(hook.name(), new InboundHook(hook.name(), hook.verifier(), hook.maxSize(), hook.needsKey(), vacancy));
        if (timer.isShutdown()) {
            vacancy.end(null);
        } else {
            var unused = timer.schedule(() -> expire(hook.name(), vacancy), handover.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void expire(String name, Vacancy vacancy) {
        synchronized (this) {
            InboundHook current = hooks.get(name);
            if (current != null && vacancy.equals(current.handler())) {
                hooks.remove(name);
            }
        }
        vacancy.end(null);
    }

    /** The hook of this name, be it one whose route is just being replaced. */
    public Optional<InboundHook> find(String name) {
        return Optional.ofNullable(hooks.get(name));
    }

    /** The names that routes serve now. */
    public List<String> names() {
        return hooks.values().stream()
                .filter(hook -> vacancy(hook) == null)
                .map(InboundHook::name)
                .sorted()
                .toList();
    }

    /** Takes a call that reached a hook's handler after the hook was removed. */
    public void handleLate(InboundHook removed, Call call, Consumer<Answer> answer) {
        InboundHook current = hooks.get(call.hook());
        Vacancy vacancy = current == null ? null : vacancy(current);
        if (vacancy != null) {
            vacancy.handle(call, answer);
        } else {
            Vacancy.passOn(current, removed.needsKey(), call, answer);
        }
    }

    /** Calls that wait for a successor are answered 503. */
    @Override
    public void close() {
        timer.shutdownNow();
        for (InboundHook hook : hooks.values()) {
            Vacancy vacancy = vacancy(hook);
            if (vacancy != null) {
                vacancy.end(null);
            }
        }
    }

    private static @Nullable Vacancy vacancy(InboundHook hook) {
        return hook.handler() instanceof Vacancy vacancy ? vacancy : null;
    }
}
