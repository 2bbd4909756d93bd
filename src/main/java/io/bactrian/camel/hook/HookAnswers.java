package io.bactrian.camel.hook;

import io.bactrian.camel.format.JsonText;
import io.bactrian.database.DatabaseException;
import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.subscription.DeliveryException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What a sender is told when the route is done with its call. Nothing of a failure's inside gets out. */
final class HookAnswers {
    private HookAnswers() {}

    /**
     * 204; 200 with the body that the route made, where that is text or bytes and not the call's own; the status of
     * {@code CamelHttpResponseCode} where the route set one.
     */
    static Answer done(Exchange exchange, Call call) {
        Message message = exchange.getMessage();
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        byte[] body = text(message, call);
        if (status != null && (status < 200 || status > 599)) {
            throw new IllegalStateException("CamelHttpResponseCode is no final HTTP status: " + status);
        }
        if (body == null || body.length == 0) {
            return new Answer(status == null ? 204 : status, null, null);
        }
        return new Answer(status == null ? 200 : status, contentType(message, call, body), body);
    }

    static Answer failed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseException database) {
                return failed(database);
            }
            if (cause instanceof DeliveryException) {
                return Answer.comeAgain("What the route sends to can't take it now.", Duration.ofSeconds(5));
            }
            if (cause instanceof RejectedExecutionException) {
                return Answer.comeAgain("The route of this hook is not running.", Duration.ofSeconds(5));
            }
        }
        return Answer.problem(500, "Internal error", "The route of this hook failed; the log says why.");
    }

    private static Answer failed(DatabaseException failure) {
        return switch (failure.kind()) {
            case UNREACHABLE -> Answer.comeAgain("The database can't be reached.", Duration.ofSeconds(5));
            case CONTENDED -> Answer.comeAgain("The database is busy with this row.", Duration.ofSeconds(1));
            case CONSTRAINT ->
                Answer.problem(422, "Constraint violated", "The data breaks a constraint of the database.");
            case INVALID_VALUE ->
                Answer.problem(422, "Invalid value", "A value doesn't fit its column in the database.");
            default -> Answer.problem(500, "Internal error", "The route of this hook failed; the log says why.");
        };
    }

    private static byte @Nullable [] text(Message message, Call call) {
        Object body = message.getBody();
        boolean text = body instanceof String || body instanceof byte[] || body instanceof InputStream;
        // The call's own bytes, untouched, are no answer.
        return text && !call.body().equals(body) ? message.getBody(byte[].class) : null;
    }

    private static String contentType(Message message, Call call, byte[] body) {
        String own = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        if (own != null && !own.equals(JsonCheck.contentType(call.headers()))) {
            return own;
        }
        return JsonText.fault(body).isEmpty() ? "application/json" : "text/plain; charset=utf-8";
    }
}
