package io.bactrian.http;

import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Finds who calls by {@code Authorization: Bearer KEY} (RFC 6750); invariant 17. */
final class KeyGate {
    private static final String SCHEME = "Bearer ";

    private final ApiKeys keys;

    KeyGate(ApiKeys keys) {
        this.keys = keys;
    }

    /** Who calls; empty without a valid key. */
    Optional<Caller> caller(Request request) {
        HttpField field = request.getHeaders().getField(HttpHeader.AUTHORIZATION);
        String value = field == null ? null : field.getValue();
        if (value == null || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        return keys.find(value.substring(SCHEME.length()).strip());
    }

    /** Who calls, or the refusal. */
    Caller require(Request request) {
        return caller(request).orElseThrow(() -> refusal(request));
    }

    private static HttpProblem refusal(Request request) {
        boolean given = request.getHeaders().contains(HttpHeader.AUTHORIZATION);
        String detail = given
                ? "The key is not valid: send Authorization: Bearer KEY with a key that wasn't revoked"
                : "A key is needed: send Authorization: Bearer KEY (the admin's is in data/admin.key)";
        return new HttpProblem(401, detail)
                .with("WWW-Authenticate", "Bearer realm=\"bactrian\"" + (given ? ", error=\"invalid_token\"" : ""));
    }
}
