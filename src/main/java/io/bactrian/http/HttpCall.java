package io.bactrian.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

/**
 * One call of the API by someone with a key, its body read.
 *
 * @param path the raw path, still percent-encoded
 * @param segments the path's raw segments, the leading {@code api} among them
 * @param query the parameters in order, each at most once
 */
record HttpCall(
        String method,
        String path,
        List<String> segments,
        Map<String, String> query,
        HttpFields headers,
        byte[] body,
        Caller caller) {
    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1000;

    static HttpCall of(String method, HttpURI uri, HttpFields headers, byte[] body, Caller caller) {
        String path = uri.getPath();
        List<String> segments = List.of(path.substring(1).split("/", -1));
        return new HttpCall(
                "HEAD".equals(method) ? "GET" : method, path, segments, query(uri.getQuery()), headers, body, caller);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The segment at {@code index}, decoded. */
    String segment(int index) {
        return PercentText.decode(segments.get(index), "The path", false);
    }

    /** Refuses parameters that this address doesn't have. */
    void allowOnly(String... names) {
        for (String name : query.keySet()) {
            if (!List.of(names).contains(name)) {
                throw HttpProblem.badRequest("Unknown parameter '" + name + "': allowed here "
                        + (names.length == 0 ? "is none" : "are " + String.join(", ", names)));
            }
        }
    }

    void allowMethods(String... methods) {
        if (!List.of(methods).contains(method)) {
            throw HttpProblem.methodNotAllowed(method, String.join(", ", methods));
        }
    }

    HttpProblem nothingHere() {
        return HttpProblem.notFound("There is nothing at " + path);
    }

    /** The body, which must say that it is JSON: one JSON object. */
    Map<String, @Nullable Object> jsonObject() {
        requireJson();
        return Json.object(body);
    }

    /** The body, which must say that it is JSON: an object, or an array of objects. */
    List<Map<String, @Nullable Object>> jsonObjects() {
        requireJson();
        return Json.objects(body);
    }

    private void requireJson() {
        String type = header("Content-Type").orElse(HttpAnswer.JSON).toLowerCase(Locale.ROOT);
        String media = type.contains(";") ? type.substring(0, type.indexOf(';')) : type;
        if (!media.strip().equals(HttpAnswer.JSON) && !media.strip().endsWith("+json")) {
            throw new HttpProblem(415, "Content-Type " + media.strip() + ": application/json is expected");
        }
    }

    int limit() {
        return (int) number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    }

    int offset() {
        return (int) number("offset", 0, 0, Integer.MAX_VALUE);
    }

    long number(String name, long otherwise, long least, long most) {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw HttpProblem.badRequest(
                "Parameter " + name + "=" + text + ": a number from " + least + " to " + most + " is expected");
    }

    /** The {@code Link} header to this address with another value of one parameter. */
    Map<String, String> linkToNext(String parameter, long value) {
        return linkToNext(parameter, Long.toString(value));
    }

    Map<String, String> linkToNext(String parameter, String value) {
        StringBuilder link = new StringBuilder("<").append(path);
        char mark = '?';
        Map<String, String> next = new LinkedHashMap<>(query);
        next.put(parameter, value);
        for (Map.Entry<String, String> each : next.entrySet()) {
            link.append(mark).append(PercentText.encode(each.getKey()));
            link.append('=').append(PercentText.encode(each.getValue()));
            mark = '&';
        }
        return Map.of("Link", link.append(">; rel=\"next\"").toString());
    }

    /** A page of a list that is wholly known, as a JSON array with a link to the next. */
    HttpAnswer page(List<?> all) {
        allowOnly("limit", "offset");
        int limit = limit();
        int from = Math.min(offset(), all.size());
        int to = Math.min(all.size() - from, limit) + from;
        byte[] json = Json.bytes(all.subList(from, to));
        return new HttpAnswer(200, HttpAnswer.JSON, json, to < all.size() ? linkToNext("offset", to) : Map.of());
    }

    private static Map<String, String> query(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return Map.of();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String each : query.split("&")) {
            if (each.isEmpty()) {
                continue;
            }
            int equals = each.indexOf('=');
            String name = PercentText.decode(equals < 0 ? each : each.substring(0, equals), "The query", true);
            String value = equals < 0 ? "" : PercentText.decode(each.substring(equals + 1), "The query", true);
            if (parameters.putIfAbsent(name, value) != null) {
                throw HttpProblem.badRequest("Parameter '" + name + "' is given twice");
            }
        }
        return parameters;
    }
}
