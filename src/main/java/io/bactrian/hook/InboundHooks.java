package io.bactrian.hook;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** SEAM (refine): the inbound hooks that routes serve, by name. The HTTP server looks here. Thread-safe. */
public final class InboundHooks {
    /** A verified call. Header names are lower-case. */
    public record Call(
            String hook,
            Map<String, List<String>> headers,
            Map<String, List<String>> query,
            byte[] body,
            @Nullable String messageId) {}

    /** The answer; a body of null is empty. */
    public record Answer(int status, @Nullable String contentType, byte @Nullable [] body) {}

    /** Takes a verified call; answers once, from any thread. */
    @FunctionalInterface
    public interface Handler {
        void handle(Call call, Consumer<Answer> answer);
    }

    /** One inbound hook: how calls are verified, what they may weigh, who takes them. */
    public record InboundHook(
            String name, SignatureVerifier verifier, int maxSize, boolean needsKey, Handler handler) {}

    private final Map<String, InboundHook> hooks = new ConcurrentHashMap<>();

    public void add(InboundHook hook) {
        if (hooks.putIfAbsent(hook.name(), hook) != null) {
            throw new IllegalArgumentException("Inbound hook '" + hook.name() + "' is served by another route already");
        }
    }

    public void remove(String name) {
        hooks.remove(name);
    }

    public Optional<InboundHook> find(String name) {
        return Optional.ofNullable(hooks.get(name));
    }
}
