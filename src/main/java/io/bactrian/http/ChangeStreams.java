package io.bactrian.http;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The live feeds of {@code /api/changes} that are open ({@code Accept: text/event-stream}). Thread-safe. */
final class ChangeStreams {
    private static final int MOST = 100;

    private final ChangeEndpoint changes;
    private final Predicate<Caller> allowed;
    private final Set<ChangeStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /** @param allowed whether a caller's key is still valid */
    ChangeStreams(ChangeEndpoint changes, Predicate<Caller> allowed) {
        this.changes = changes;
        this.allowed = allowed;
    }

    /** Whether a call asks for a feed. */
    static boolean isAsked(Request request, HttpCall call) {
        return "GET".equals(request.getMethod())
                && call.path().equals("/api/changes")
                && call.header("Accept").orElse("").toLowerCase(Locale.ROOT).contains("text/event-stream");
    }

    /** Answers with a feed that goes on after this returns, until the client, the key or the platform ends it. */
    void open(HttpCall call, Request request, Response response, Callback callback) {
        call.allowOnly("database", "tables", "operations", "key", "from");
        ChangeQuery query = changes.query(call);
        String from = call.header("Last-Event-ID").orElseGet(() -> call.query().getOrDefault("from", "now"));
        long position = query.position(from.strip(), true);
        if (stopped) {
            throw HttpProblem.unavailable("The platform is stopping", 5);
        }
        if (open.size() >= MOST) {
            throw HttpProblem.unavailable("There are " + MOST + " live feeds already", 30);
        }
        ChangeStream stream = new ChangeStream(query, position, () -> allowed.test(call.caller()), open::remove);
        open.add(stream);
        stream.start(request, response, callback);
        if (stopped) {
            stream.end();
        }
    }

    /** How many are open. */
    int size() {
        return open.size();
    }

    /** Ends them all, in order: a client comes again by itself. */
    void stop() {
        stopped = true;
        open.forEach(ChangeStream::end);
    }

    /** A field of an event; line breaks in JSON are blanks between its tokens. */
    static void field(StringBuilder event, String name, @Nullable String value) {
        String text = value == null ? "" : value;
        boolean broken = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
        event.append(name)
                .append(": ")
                .append(broken ? text.replace('\n', ' ').replace('\r', ' ') : text)
                .append('\n');
    }
}
