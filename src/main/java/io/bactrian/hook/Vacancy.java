package io.bactrian.hook;

import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.InboundHook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands in for a hook whose route is being replaced, and keeps its calls waiting. Thread-safe. */
final class Vacancy implements InboundHooks.Handler {
    private static final int MOST_WAITING = 1000;

    private record Waiting(Call call, Consumer<Answer> answer) {}

    private final boolean neededKey;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean ended;
    private @Nullable InboundHook successor;

    Vacancy(boolean neededKey) {
        this.neededKey = neededKey;
    }

    @Override
    public void handle(Call call, Consumer<Answer> answer) {
        boolean full;
        InboundHook next;
        synchronized (this) {
            full = !ended && waiting.size() >= MOST_WAITING;
            if (!ended && !full) {
                waiting.add(new Waiting(call, answer));
                return;
            }
            next = successor;
        }
        passOn(full ? null : next, neededKey, call, answer);
    }

    /** Hands the waiting calls, and all that still come, to a successor, or turns them away where there is none. */
    void end(@Nullable InboundHook next) {
        List<Waiting> calls;
        synchronized (this) {
            ended = true;
            successor = next;
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        for (Waiting each : calls) {
            passOn(next, neededKey, each.call(), each.answer());
        }
    }

    /** A successor has its own rules: who passed the old ones still has to pass the new ones. */
    static void passOn(@Nullable InboundHook next, boolean hadKey, Call call, Consumer<Answer> answer) {
        if (next == null || next.needsKey() && !hadKey) {
            answer.accept(Answer.comeAgain("No route serves this hook at the moment.", Duration.ofSeconds(5)));
            return;
        }
        if (call.body().length > next.maxSize()) {
            answer.accept(Answer.problem(413, "Too large", "This hook takes at most " + next.maxSize() + " bytes."));
            return;
        }
        SignatureVerifier.Verdict verdict = next.verifier().verify(call.headers(), call.body());
        if (verdict instanceof SignatureVerifier.Verdict.Accepted accepted) {
            next.handler()
                    .handle(
                            new Call(call.hook(), call.headers(), call.query(), call.body(), accepted.messageId()),
                            answer);
        } else if (verdict instanceof SignatureVerifier.Verdict.Refused refused) {
            answer.accept(Answer.problem(401, "Not verified", "The call was refused: " + refused.reason() + "."));
        }
    }
}
