package io.bactrian.http;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/keys}: create (the key is shown this once), list, revoke. */
final class KeyEndpoint {
    private final ApiKeys keys;

    KeyEndpoint(ApiKeys keys) {
        this.keys = keys;
    }

    HttpAnswer answer(HttpCall call) {
        int depth = call.segments().size();
        if (depth == 2) {
            call.allowMethods("GET", "POST");
            return "GET".equals(call.method()) ? call.page(keys.list()) : create(call);
        }
        if (depth == 3) {
            call.allowMethods("DELETE");
            call.allowOnly();
            String id = call.segment(2);
            if (!keys.revoke(id)) {
                throw HttpProblem.notFound("There is no key with the id '" + id + "'");
            }
            return new HttpAnswer(204);
        }
        throw call.nothingHere();
    }

    private HttpAnswer create(HttpCall call) {
        call.allowOnly();
        Map<String, @Nullable Object> body = call.jsonObject();
        Object party = body.get("party");
        Object scopes = body.get("scopes");
        if (!(party instanceof String name) || !Set.of("party", "scopes").containsAll(body.keySet())) {
            throw HttpProblem.badRequest(
                    "Expected is {\"party\": \"crm\", \"scopes\": [\"admin\"]}: the party is stamped"
                            + " as origin on what the key writes");
        }
        ApiKeys.NewKey key = create(name, scopes == null ? Set.of(ApiKeys.ADMIN) : words(scopes));
        return new HttpAnswer(201, HttpAnswer.JSON, Json.bytes(key), Map.of("Location", call.path() + "/" + key.id()));
    }

    private ApiKeys.NewKey create(String party, Set<String> scopes) {
        try {
            return keys.create(party, scopes);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Set<String> words(Object value) {
        Set<String> words = new LinkedHashSet<>();
        if (!(value instanceof Collection<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw HttpProblem.badRequest("scopes: an array of strings is expected");
        }
        list.forEach(each -> words.add((String) each));
        return words;
    }
}
