package io.bactrian.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** A refusal, answered as {@code application/problem+json} (RFC 9457). */
final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final String CONTENT_TYPE = "application/problem+json";

    private final int status;
    private final String detail;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    /** @param detail what is wrong with which value, and what is allowed; seen by the caller */
    HttpProblem(int status, String detail) {
        // No stack trace: it is an answer, and refusals must stay cheap.
        super(detail, null, false, false);
        this.status = status;
        this.detail = detail;
    }

    static HttpProblem badRequest(String detail) {
        return new HttpProblem(400, detail);
    }

    static HttpProblem notFound(String detail) {
        return new HttpProblem(404, detail);
    }

    static HttpProblem methodNotAllowed(String method, String allowed) {
        return new HttpProblem(405, method + " isn't allowed here: use " + allowed).with("Allow", allowed);
    }

    static HttpProblem unavailable(String detail, int retryAfterSeconds) {
        return new HttpProblem(503, detail).with("Retry-After", Integer.toString(retryAfterSeconds));
    }

    HttpProblem with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    int status() {
        return status;
    }

    /** @param instance the request's path */
    HttpAnswer answer(String instance) {
        return new HttpAnswer(status, CONTENT_TYPE, json(status, detail, instance), headers);
    }

    static byte[] json(int status, String detail, String instance) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", HttpStatus.getMessage(status));
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("instance", instance);
        return Json.bytes(problem);
    }
}
