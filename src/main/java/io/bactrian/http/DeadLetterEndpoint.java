package io.bactrian.http;

import io.bactrian.http.MessageLetters.Letter;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import io.bactrian.subscription.Subscriptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code /api/dead-letters}: what was given up on, each whole with its error: first the changes, then the messages of the
 * broker, both the newest first.
 */
final class DeadLetterEndpoint {
    private static final String BEFORE = "before";

    private final Subscriptions subscriptions;
    private final PlatformView platform;

    DeadLetterEndpoint(Subscriptions subscriptions, PlatformView platform) {
        this.subscriptions = subscriptions;
        this.platform = platform;
    }

    HttpAnswer answer(HttpCall call) {
        int depth = call.segments().size();
        if (depth == 2) {
            call.allowMethods("GET");
            return list(call);
        }
        String id = call.segment(2);
        call.allowOnly();
        if (depth == 3) {
            call.allowMethods("GET");
            return HttpAnswer.json(200, shown(id));
        }
        if (depth == 4) {
            return command(call, id, call.segment(3));
        }
        throw call.nothingHere();
    }

    private HttpAnswer list(HttpCall call) {
        call.allowOnly("subscription", "limit", BEFORE);
        int limit = call.limit();
        String before = call.query().getOrDefault(BEFORE, "");
        if (isMessage(before)) {
            return page(call, List.of(), number(before), limit);
        }
        long highest = call.number(BEFORE, Long.MAX_VALUE, 1, Long.MAX_VALUE);
        String subscription = call.query().get("subscription");
        List<DeadLetter> found = subscriptions.deadLetters().list(subscription, highest, limit + 1);
        if (found.size() > limit) {
            List<DeadLetter> page = found.subList(0, limit);
            long last = page.get(limit - 1).id();
            return new HttpAnswer(200, HttpAnswer.JSON, Json.bytes(page), call.linkToNext(BEFORE, last));
        }
        return subscription != null
                ? HttpAnswer.json(200, found)
                : page(call, found, Long.MAX_VALUE, limit - found.size());
    }

    /** After the changes on it a page is filled with messages. */
    private HttpAnswer page(HttpCall call, List<DeadLetter> changes, long before, int room) {
        List<Letter> messages;
        try {
            messages = platform.messageLetters().list(before, room + 1);
        } catch (MessageLetters.Unreachable e) {
            if (changes.isEmpty()) {
                throw e;
            }
            // Better those that are at hand than none; that the broker is gone is told by the readiness.
            messages = List.of();
        }
        List<Object> page = new ArrayList<>(changes);
        messages.stream().limit(room).map(Letter::shown).forEach(page::add);
        if (messages.size() <= room) {
            return HttpAnswer.json(200, page);
        }
        long next = room == 0 ? Long.MAX_VALUE : messages.get(room - 1).number();
        return new HttpAnswer(
                200, HttpAnswer.JSON, Json.bytes(page), call.linkToNext(BEFORE, MessageLetters.PREFIX + next));
    }

    private Object shown(String id) {
        return isMessage(id)
                ? platform.messageLetters().find(number(id)).map(Letter::shown).orElseThrow(() -> unknown(id))
                : subscriptions.deadLetters().find(number(id)).orElseThrow(() -> unknown(id));
    }

    private HttpAnswer command(HttpCall call, String id, String command) {
        long number = number(id);
        boolean message = isMessage(id);
        return switch (command) {
            case "retry" -> {
                call.allowMethods("POST");
                require(
                        message
                                ? platform.messageLetters().retry(number)
                                : subscriptions.deadLetters().retry(number),
                        id);
                yield message
                        ? HttpAnswer.json(202, Map.of("id", id, "state", "queued"))
                        : HttpAnswer.json(202, Map.of("id", number, "state", "parked"));
            }
            case "discard" -> {
                call.allowMethods("POST");
                require(
                        message
                                ? platform.messageLetters().discard(number)
                                : subscriptions.deadLetters().discard(number),
                        id);
                yield new HttpAnswer(204);
            }
            default -> throw call.nothingHere();
        };
    }

    private static boolean isMessage(String id) {
        return id.startsWith(MessageLetters.PREFIX);
    }

    private static void require(boolean found, String id) {
        if (!found) {
            throw unknown(id);
        }
    }

    private static long number(String id) {
        try {
            return Long.parseLong(isMessage(id) ? id.substring(MessageLetters.PREFIX.length()) : id);
        } catch (NumberFormatException e) {
            throw HttpProblem.notFound("There is no dead letter '" + id + "': ids are numbers, of messages "
                    + MessageLetters.PREFIX + "NUMBER");
        }
    }

    private static HttpProblem unknown(String id) {
        return HttpProblem.notFound("There is no dead letter " + id + ": it was retried or discarded, or never was");
    }
}
