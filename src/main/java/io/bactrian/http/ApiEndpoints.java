package io.bactrian.http;

import java.util.List;
import java.util.function.Supplier;

/** {@code /api/…}: which endpoint answers. Runs on a thread that may block. */
final class ApiEndpoints {
    private final TableEndpoint tables;
    private final SubscriptionEndpoint subscriptions;
    private final DeadLetterEndpoint deadLetters;
    private final KeyEndpoint keys;
    private final ChangeEndpoint changes;
    private final OperatorEndpoint operator;
    private final PlatformView platform;

    ApiEndpoints(ServedRooms rooms, ChangeEndpoint changes) {
        this.changes = changes;
        this.tables = new TableEndpoint(rooms.databases(), rooms.captured(), changes);
        this.subscriptions = new SubscriptionEndpoint(rooms.subscriptions());
        this.deadLetters = new DeadLetterEndpoint(rooms.subscriptions(), rooms.platform());
        this.keys = new KeyEndpoint(rooms.keys());
        this.operator = new OperatorEndpoint(rooms.actions());
        this.platform = rooms.platform();
    }

    HttpAnswer answer(HttpCall call) {
        List<String> segments = call.segments();
        if (segments.size() < 2 || !"api".equals(segments.get(0))) {
            throw call.nothingHere();
        }
        return switch (segments.get(1)) {
            case "tables" -> tables.answer(call, "main", 2);
            case "databases" -> databases(call);
            case "subscriptions" -> subscriptions.answer(call);
            case "dead-letters" -> deadLetters.answer(call);
            case "keys" -> keys.answer(call);
            case "changes" -> changes.answer(call);
            case "routes" ->
                call.segments().size() == 3 && "try".equals(call.segments().get(2))
                        ? operator.tryRoute(call)
                        : list(call, platform::routes);
            case "doctor" -> operator.doctor(call);
            case "capture" -> list(call, platform::capture);
            default -> throw call.nothingHere();
        };
    }

    private HttpAnswer databases(HttpCall call) {
        if (call.segments().size() >= 4 && "tables".equals(call.segments().get(3))) {
            return tables.answer(call, call.segment(2), 4);
        }
        return list(call, platform::databases);
    }

    private static HttpAnswer list(HttpCall call, Supplier<List<?>> all) {
        if (call.segments().size() != 2) {
            throw call.nothingHere();
        }
        call.allowMethods("GET");
        return call.page(all.get());
    }
}
