package io.bactrian.http;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/routes/try} and {@code /api/doctor}: for holders of an admin key, since a route file may hold code. */
final class OperatorEndpoint {
    private static final int LAST = 20;

    private final OperatorActions actions;

    OperatorEndpoint(OperatorActions actions) {
        this.actions = actions;
    }

    HttpAnswer tryRoute(HttpCall call) {
        call.allowMethods("POST");
        call.allowOnly();
        requireAdmin(call);
        Map<String, @Nullable Object> body = call.jsonObject();
        if (!Set.of("file", "text", "last", "database").containsAll(body.keySet())
                || !(body.get("file") instanceof String file)
                || !(body.get("text") instanceof String text)) {
            throw HttpProblem.badRequest(
                    "{\"file\": its name, \"text\": its text, \"last\": how many changes, \"database\": a name} is"
                            + " expected; the last two may be left out");
        }
        Object database = body.get("database");
        if (database != null && !(database instanceof String)) {
            throw HttpProblem.badRequest("database " + database + ": a database's name is expected");
        }
        int last = last(body.get("last"));
        return answered(() -> actions.tryRoute(file, text, last, (String) database));
    }

    private static int last(@Nullable Object last) {
        if (last == null) {
            return LAST;
        }
        if (last instanceof Number number && number.longValue() >= 1 && number.longValue() <= HttpCall.MAX_LIMIT) {
            return number.intValue();
        }
        throw HttpProblem.badRequest("last " + last + ": a number from 1 to " + HttpCall.MAX_LIMIT + " is expected");
    }

    HttpAnswer doctor(HttpCall call) {
        int depth = call.segments().size();
        if (depth == 2) {
            call.allowMethods("GET");
            call.allowOnly();
            return answered(actions::examine);
        }
        if (depth == 3 && "simulate".equals(call.segments().get(2))) {
            call.allowMethods("POST");
            call.allowOnly("database");
            requireAdmin(call);
            String database = call.query().getOrDefault("database", "main");
            return answered(() -> actions.simulate(database));
        }
        throw call.nothingHere();
    }

    private static void requireAdmin(HttpCall call) {
        if (!call.caller().scopes().contains(ApiKeys.ADMIN)) {
            throw new HttpProblem(403, "This needs a key with the scope " + ApiKeys.ADMIN);
        }
    }

    private static HttpAnswer answered(Supplier<Object> action) {
        try {
            return HttpAnswer.json(200, action.get());
        } catch (IllegalArgumentException e) {
            throw HttpProblem.badRequest(String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw new HttpProblem(409, String.valueOf(e.getMessage()));
        }
    }
}
