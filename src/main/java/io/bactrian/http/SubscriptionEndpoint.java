package io.bactrian.http;

import io.bactrian.subscription.SubscriptionStatus;
import io.bactrian.subscription.Subscriptions;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/subscriptions}: what each reads, how far it is, and the levers. */
final class SubscriptionEndpoint {
    private final Subscriptions subscriptions;

    SubscriptionEndpoint(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    HttpAnswer answer(HttpCall call) {
        int depth = call.segments().size();
        if (depth == 2) {
            call.allowMethods("GET");
            return call.page(subscriptions.list());
        }
        String name = call.segment(2);
        call.allowOnly();
        SubscriptionStatus status = find(name);
        if (depth == 3) {
            call.allowMethods("GET", "DELETE");
            return "GET".equals(call.method()) ? HttpAnswer.json(200, status) : delete(name);
        }
        if (depth == 4) {
            return command(call, name, call.segment(3));
        }
        throw call.nothingHere();
    }

    private HttpAnswer command(HttpCall call, String name, String command) {
        switch (command) {
            case "pause" -> {
                call.allowMethods("POST");
                subscriptions.pause(name);
            }
            case "resume" -> {
                call.allowMethods("POST");
                subscriptions.resume(name);
            }
            case "replay" -> {
                call.allowMethods("POST");
                replay(name, call.jsonObject());
            }
            default -> throw call.nothingHere();
        }
        return HttpAnswer.json(200, find(name));
    }

    private void replay(String name, Map<String, @Nullable Object> body) {
        Object position = body.get("position");
        Object time = body.get("time");
        if (body.keySet().equals(Set.of("position")) && (position instanceof Integer || position instanceof Long)) {
            long from = ((Number) position).longValue();
            if (from < 0) {
                throw HttpProblem.badRequest("position " + from + ": 0 or more is expected");
            }
            subscriptions.replayFrom(name, from);
        } else if (body.keySet().equals(Set.of("time")) && time instanceof String text) {
            subscriptions.replayFrom(name, instant(text));
        } else {
            throw HttpProblem.badRequest("Expected is {\"position\": NUMBER} (what comes after it is delivered again)"
                    + " or {\"time\": \"2026-01-31T12:00:00Z\"}");
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw HttpProblem.badRequest("time '" + text + "': ISO 8601 with a zone, such as 2026-01-31T12:00:00Z");
        }
    }

    private HttpAnswer delete(String name) {
        subscriptions.delete(name);
        return new HttpAnswer(204);
    }

    private SubscriptionStatus find(String name) {
        return subscriptions
                .find(name)
                .orElseThrow(() -> HttpProblem.notFound("There is no subscription '" + name + "'"
                        + NearNames.hint(
                                name,
                                subscriptions.list().stream()
                                        .map(SubscriptionStatus::name)
                                        .toList())));
    }
}
