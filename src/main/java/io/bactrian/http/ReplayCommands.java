package io.bactrian.http;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.subscription.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call that a delivery made, as commands of a shell that make it again. The body is made from the change; secrets are
 * variables, such as {@code $SECRET}, for the reader to set.
 */
final class ReplayCommands {
    private static final String FROM_FILE = "@body.json";
    private static final Pattern VARIABLE = Pattern.compile("\\$SECRET_[A-Z0-9_]+");

    private final Answer.Request request;
    private final Change change;
    private final int changes;

    /** @param changes how many travelled in the call */
    ReplayCommands(Answer.Request request, Change change, int changes) {
        this.request = request;
        this.change = change;
        this.changes = changes;
    }

    @Nullable
    String curl() {
        if (!request.target().startsWith("http")) {
            return null;
        }
        StringBuilder command = new StringBuilder("curl -X ").append(request.method());
        command.append(' ').append(filledIn(request.target()));
        headers().forEach(header -> command.append(" -H ").append(quoted(header)));
        request.headers().forEach(header -> command.append(" -H ").append(filledIn(header)));
        String body = body();
        return command.append(body == null ? " --data-binary " + FROM_FILE : " --data-raw " + quoted(body))
                .toString();
    }

    @Nullable
    String send() {
        if (!request.signed()) {
            return null;
        }
        String body = body();
        return "./bactrian send " + filledIn(request.target()) + " --secret \"$SECRET\" --id " + quoted(id())
                + " --data " + (body == null ? FROM_FILE : quoted(body));
    }

    @Nullable
    String note() {
        List<String> notes = new ArrayList<>();
        if (request.format().isEmpty()) {
            notes.add("the route made the body, which is not kept: put it into body.json");
        } else if (changes > 1) {
            notes.add("the delivery held " + changes + " changes, the command holds this one");
        }
        if (request.signed()) {
            notes.add("the signature depends on the secret and the time, so curl sends none; ./bactrian send signs");
        }
        return notes.isEmpty() ? null : String.join("; ", notes);
    }

    private String id() {
        return request.id().isEmpty() ? change.id().toString() : request.id();
    }

    private List<String> headers() {
        List<String> headers = new ArrayList<>();
        if (!request.contentType().isEmpty()) {
            headers.add("Content-Type: " + request.contentType());
        }
        headers.add("webhook-id: " + id());
        if (request.format().equals("cloudevents-binary")) {
            headers.add("ce-specversion: 1.0");
            headers.add("ce-id: " + id());
            headers.add("ce-source: " + change.source());
            headers.add("ce-type: " + change.operation().eventType());
            headers.add("ce-time: " + change.time());
        }
        return headers;
    }

    /** The body, made again; null where it can't be. */
    private @Nullable String body() {
        String one = switch (request.format()) {
            case "cloudevents" -> ChangeJson.cloudEvent(change);
            case "cloudevents-binary" -> ChangeJson.data(change);
            case "standard" ->
                "{\"type\":\"" + change.operation().eventType() + "\",\"timestamp\":\"" + change.time() + "\",\"data\":"
                        + ChangeJson.data(change) + '}';
            case "debezium" -> ChangeJson.debezium(change);
            case "row", "body" -> String.valueOf(change.afterJson() != null ? change.afterJson() : change.beforeJson());
            default -> null;
        };
        boolean list = one != null && request.id().indexOf('~') > 0 && changes > 1;
        return list ? '[' + one + ']' : one;
    }

    /** In single quotes, where nothing means anything to a shell. */
    private static String quoted(String text) {
        return '\'' + text.replace("'", "'\\''") + '\'';
    }

    /** Likewise, but for the variables in the place of secrets, which the shell fills in. */
    private static String filledIn(String text) {
        String whole = VARIABLE.matcher(quoted(text)).replaceAll("'\"$0\"'");
        return whole.endsWith("''") ? whole.substring(0, whole.length() - 2) : whole;
    }
}
