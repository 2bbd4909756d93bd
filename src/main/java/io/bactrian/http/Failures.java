package io.bactrian.http;

import io.bactrian.database.DatabaseException;
import io.bactrian.subscription.SubscriptionException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a request failed of into its answer; what is our own fault is logged and told to nobody else. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private static final List<String> OF_STATEMENTS =
            List.of("Where:", "Position:", "Internal Query:", "Internal Position:", "Location:");

    private Failures() {}

    static void answer(Throwable cause, Request request, Response response, Callback callback) {
        if (response.isCommitted()) {
            callback.failed(cause);
            return;
        }
        HttpProblem problem = problem(cause, request);
        problem.answer(request.getHttpURI().getPath()).write(response, callback);
    }

    static HttpProblem problem(Throwable cause, Request request) {
        if (cause instanceof HttpProblem known) {
            return known;
        }
        if (cause instanceof DatabaseException failure) {
            return ofDatabase(failure, request);
        }
        if (cause instanceof MessageLetters.Unreachable gone) {
            return HttpProblem.unavailable(String.valueOf(gone.getMessage()), 5);
        }
        if (cause instanceof SubscriptionException.Unknown unknown) {
            return HttpProblem.notFound(String.valueOf(unknown.getMessage()));
        }
        if (cause instanceof SubscriptionException refusal) {
            return new HttpProblem(409, String.valueOf(refusal.getMessage()));
        }
        if (cause instanceof HttpException bad) {
            String reason = bad.getReason();
            return new HttpProblem(bad.getCode(), reason == null ? "The request can't be read" : reason);
        }
        if (cause instanceof EofException || cause instanceof IOException || cause instanceof TimeoutException) {
            return HttpProblem.badRequest("The request broke off");
        }
        return internal(cause, request);
    }

    /** Constraints are named by the database room's message; statements never are. */
    private static HttpProblem ofDatabase(DatabaseException failure, Request request) {
        String message = shown(failure);
        return switch (failure.kind()) {
            case UNREACHABLE -> HttpProblem.unavailable("The database can't be reached now", 5);
            case CONTENDED -> HttpProblem.unavailable("The row is locked by another transaction: try again", 1);
            case CONSTRAINT -> new HttpProblem(409, message);
            case INVALID_VALUE, INVALID_STATEMENT -> HttpProblem.badRequest(message);
            case FORBIDDEN -> new HttpProblem(403, "The platform's database user isn't allowed to do this");
            case OTHER -> internal(failure, request);
        };
    }

    /** The message without what a driver says of its own statements and functions. */
    private static String shown(DatabaseException failure) {
        StringBuilder shown = new StringBuilder();
        for (String line : String.valueOf(failure.getMessage()).lines().toList()) {
            String text = line.strip();
            if (OF_STATEMENTS.stream().anyMatch(text::startsWith)) {
                break;
            }
            shown.append(shown.isEmpty() ? "" : " ").append(text);
        }
        return shown.toString();
    }

    private static HttpProblem internal(Throwable cause, Request request) {
        LOG.error("{} {} failed", request.getMethod(), request.getHttpURI().getPath(), cause);
        return new HttpProblem(500, "It failed inside the platform; the log tells why");
    }
}
