package io.bactrian.http;

import io.bactrian.change.Change;
import io.bactrian.subscription.Answer;
import io.bactrian.subscription.Attempt;
import io.bactrian.subscription.Way;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a change went by one subscription, as {@code /api/changes/ID} shows it: durations are seconds. */
record WayShown(
        String subscription,
        Way.State state,
        Way.@Nullable Reason reason,
        String text,
        long ahead,
        @Nullable Instant until,
        @Nullable String error,
        @Nullable Long deadLetter,
        List<AttemptShown> attempts) {

    static WayShown of(Way way, Change change) {
        return new WayShown(
                way.subscription(),
                way.state(),
                way.reason(),
                way.text(),
                way.ahead(),
                way.until(),
                way.error(),
                way.deadLetter(),
                way.attempts().stream()
                        .map(attempt -> AttemptShown.of(attempt, change))
                        .toList());
    }

    /** @param changes how many travelled together */
    record AttemptShown(
            int attempt,
            int generation,
            Instant started,
            double seconds,
            Attempt.Outcome outcome,
            int changes,
            @Nullable String error,
            List<AnswerShown> answers) {
        static AttemptShown of(Attempt attempt, Change change) {
            return new AttemptShown(
                    attempt.number(),
                    attempt.generation(),
                    attempt.started(),
                    attempt.took().toNanos() / 1e9,
                    attempt.outcome(),
                    attempt.changes(),
                    attempt.error(),
                    attempt.answers().stream()
                            .map(answer -> AnswerShown.of(answer, change, attempt.changes()))
                            .toList());
        }
    }

    /**
     * @param status null where no answer came
     * @param curl the call as a command, with variables in the place of secrets; null where it was no HTTP call
     * @param send the same signed anew; null where it was not signed
     * @param note what the commands leave out, or null
     */
    record AnswerShown(
            String method,
            String target,
            @Nullable Integer status,
            String body,
            double seconds,
            boolean signed,
            @Nullable String curl,
            @Nullable String send,
            @Nullable String note) {
        static AnswerShown of(Answer answer, Change change, int changes) {
            Answer.Request request = answer.request();
            ReplayCommands commands = new ReplayCommands(request, change, changes);
            return new AnswerShown(
                    request.method(),
                    request.target(),
                    answer.status() == 0 ? null : answer.status(),
                    answer.body(),
                    answer.took().toNanos() / 1e9,
                    request.signed(),
                    commands.curl(),
                    commands.send(),
                    commands.note());
        }
    }
}
