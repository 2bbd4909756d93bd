package io.bactrian.camel.connector;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * A change as calls of a REST resource: an insert is POSTed to the collection, an update PUT to the row's own URL, a delete
 * DELETEd there; a row that got another key is deleted under the old one first. The row's URL is the collection's, a
 * slash, and its key (several columns joined by commas). Thread-safe once it is set up.
 *
 * <p>A subscription repeats a call whose answer got lost: {@code Idempotency-Key} is the change's id through all tries, and
 * a delete that finds nothing is done.
 */
public final class RestCalls {
    private static final Set<Integer> GONE = Set.of(404, 410);
    private static final Set<Integer> BUSY = Set.of(429, 502, 503, 504);
    private static final Duration LONGEST_DELAY = Duration.ofHours(24);
    private static final int SHOWN = 200;

    private String url = "";
    private String create = "POST";
    private String update = "PUT";
    private String authorization = "";

    /** One call, as the connector's split takes it. */
    public record Call(String method, String url, @Nullable String body, String key) {}

    /** The calls that a change makes, in order. */
    public List<Call> calls(Exchange exchange) {
        Change change = exchange.getProperty(BactrianProperties.CHANGE, Change.class);
        if (change == null) {
            throw new IllegalStateException("table-to-rest works on changes, and this message carries none");
        }
        // What an operator replays is to be done again.
        int generation = exchange.getProperty(BactrianProperties.GENERATION, 0, Integer.class);
        String id = change.id() + (generation == 0 ? "" : "-" + generation);
        List<Call> calls = new ArrayList<>();
        Row before = change.keyBefore();
        if (before != null && !change.operation().equals(Operation.DELETE)) {
            calls.add(new Call("DELETE", url + '/' + ChangeJson.subject(before), null, id + "-key"));
        }
        String row = url + '/' + ChangeJson.subject(change);
        switch (change.operation()) {
            case DELETE -> calls.add(new Call("DELETE", row, null, id));
            case UPDATE -> calls.add(new Call(before == null ? update : "PUT", row, json(exchange), id));
            case TRUNCATE -> throw new IllegalStateException("table-to-rest can't empty a REST resource");
            default -> calls.add(new Call(create, create.equals("POST") ? url : row, json(exchange), id));
        }
        return calls;
    }

    /** Makes the message the call's request, and nothing else of it. */
    public void ask(Exchange exchange) {
        Message message = exchange.getMessage();
        Call call = message.getBody(Call.class);
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, call.method());
        message.setHeader(Exchange.HTTP_URI, call.url());
        message.setHeader("Accept", "application/json");
        message.setHeader("Idempotency-Key", call.key());
        if (!authorization.isBlank()) {
            message.setHeader("Authorization", authorization);
        }
        if (call.body() != null) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        message.setBody(call.body());
        exchange.setProperty("bactrianRestCall", call);
    }

    /**
     * @throws DeliveryException that says when to try again
     */
    public void answered(Exchange exchange) {
        Call call = exchange.getProperty("bactrianRestCall", Call.class);
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        if (status >= 200 && status < 300 || call.method().equals("DELETE") && GONE.contains(status)) {
            return;
        }
        String reason = call.method() + " " + withoutQuery(call.url()) + " answered " + status + shown(message);
        IllegalStateException cause = new IllegalStateException(reason);
        String retryAfter = message.getHeader("Retry-After", String.class);
        Instant time = BUSY.contains(status) && retryAfter != null ? retryTime(retryAfter.strip()) : null;
        throw new DeliveryException(
                reason,
                time == null ? new DeliveryOutcome.Failed(cause) : new DeliveryOutcome.RetryAt(time, cause),
                cause);
    }

    private static @Nullable Instant retryTime(String seconds) {
        return seconds.matches("\\d{1,9}")
                ? Instant.now().plusSeconds(Math.min(Long.parseLong(seconds), LONGEST_DELAY.toSeconds()))
                : null;
    }

    private String json(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Row row) {
            return row.json();
        }
        if (body instanceof Map<?, ?> || body instanceof List<?>) {
            return RowJson.writeValue(body);
        }
        return ColumnMap.text(exchange);
    }

    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    /** The answer's beginning on one line. */
    private static String shown(Message answer) {
        String text = answer.getBody(String.class);
        if (text == null || text.isBlank()) {
            return "";
        }
        String line = text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
        return ": " + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line);
    }

    /**
     * @throws IllegalArgumentException where it is no http or https URL
     */
    public void setUrl(String url) {
        this.url = RestPoll.checked(url).replaceFirst("/+$", "");
        if (this.url.indexOf('?') >= 0) {
            throw new IllegalArgumentException(
                    "The URL of a REST collection has no query, for keys are put behind it: " + withoutQuery(url));
        }
    }

    /** How a row is created: POST to the collection, or PUT to the row's URL. */
    public void setCreate(String create) {
        this.create = oneOf("create", create, "POST", "PUT");
    }

    /** How a row is changed: PUT or PATCH. */
    public void setUpdate(String update) {
        this.update = oneOf("update", update, "PUT", "PATCH");
    }

    /** The header of that name; empty for none. */
    public void setAuthorization(String authorization) {
        this.authorization = authorization;
    }

    private static String oneOf(String name, String value, String first, String second) {
        if (!value.equals(first) && !value.equals(second)) {
            throw new IllegalArgumentException(name + "=" + value + ": use " + first + " or " + second);
        }
        return value;
    }
}
