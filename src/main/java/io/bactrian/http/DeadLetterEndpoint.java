package io.bactrian.http;

import io.bactrian.subscription.DeadLetters.DeadLetter;
import io.bactrian.subscription.Subscriptions;
import java.util.List;
import java.util.Map;

/** {@code /api/dead-letters}: changes given up on, the newest first, each whole with its error. */
final class DeadLetterEndpoint {
    private final Subscriptions subscriptions;

    DeadLetterEndpoint(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    HttpAnswer answer(HttpCall call) {
        int depth = call.segments().size();
        if (depth == 2) {
            call.allowMethods("GET");
            return list(call);
        }
        long id = id(call.segment(2));
        call.allowOnly();
        if (depth == 3) {
            call.allowMethods("GET");
            return HttpAnswer.json(200, subscriptions.deadLetters().find(id).orElseThrow(() -> unknown(id)));
        }
        if (depth == 4) {
            return command(call, id, call.segment(3));
        }
        throw call.nothingHere();
    }

    private HttpAnswer list(HttpCall call) {
        call.allowOnly("subscription", "limit", "before");
        int limit = call.limit();
        long before = call.number("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        List<DeadLetter> found = subscriptions.deadLetters().list(call.query().get("subscription"), before, limit + 1);
        if (found.size() <= limit) {
            return HttpAnswer.json(200, found);
        }
        List<DeadLetter> page = found.subList(0, limit);
        return new HttpAnswer(
                200,
                HttpAnswer.JSON,
                Json.bytes(page),
                call.linkToNext("before", page.get(limit - 1).id()));
    }

    private HttpAnswer command(HttpCall call, long id, String command) {
        return switch (command) {
            case "retry" -> {
                call.allowMethods("POST");
                if (!subscriptions.deadLetters().retry(id)) {
                    throw unknown(id);
                }
                yield HttpAnswer.json(202, Map.of("id", id, "state", "parked"));
            }
            case "discard" -> {
                call.allowMethods("POST");
                if (!subscriptions.deadLetters().discard(id)) {
                    throw unknown(id);
                }
                yield new HttpAnswer(204);
            }
            default -> throw call.nothingHere();
        };
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw HttpProblem.notFound("There is no dead letter '" + text + "': ids are numbers");
        }
    }

    private static HttpProblem unknown(long id) {
        return HttpProblem.notFound("There is no dead letter " + id + ": it was retried or discarded, or never was");
    }
}
