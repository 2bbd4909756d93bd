package io.bactrian.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What Jetty refuses by itself (a malformed head, a header too large), as problem+json and without a stack trace. */
final class ProblemErrors extends ErrorHandler {
    /** Whatever the method: else Jetty answers PATCH and DELETE with nothing but a status. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        String path = request.getHttpURI() == null ? null : request.getHttpURI().getPath();
        String detail = code >= 500 || message == null ? "The request can't be answered" : message;
        byte[] body = HttpProblem.json(code, detail, path == null ? "" : path);
        HttpAnswer.write(response, HttpProblem.CONTENT_TYPE, body, callback);
    }
}
