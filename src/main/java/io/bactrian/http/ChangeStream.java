package io.bactrian.http;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.journal.Gap;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalException;
import io.bactrian.journal.JournalSearch;
import io.bactrian.journal.JournalSearch.Found;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One live feed of changes as server-sent events (WHATWG HTML, 9.2): the id is the position, the data the change.
 *
 * <p>It reads the journal whenever the client has taken what was sent, so a slow client costs no memory and delays
 * nobody; no thread is held while nothing happens. {@code gap} marks where changes may be missing, {@code reset} that the
 * place to go on from is not in the journal. A client that takes nothing for 30 seconds is cut off; it comes again from
 * the last id it saw.
 */
final class ChangeStream implements Journal.Listener {
    private static final Duration BEAT = Duration.ofSeconds(15);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final int PAGE = 200;

    private final ChangeQuery query;
    private final BooleanSupplier allowed;
    private final Consumer<ChangeStream> ended;
    private final Object lock = new Object();

    private @Nullable Response response;
    private @Nullable Callback callback;
    private @Nullable Executor executor;
    private @Nullable Scheduler scheduler;
    /** Told up to here; of whoever is at work alone. */
    private long position;
    /** The client knows of it. */
    private long toldPosition;

    /** Someone reads or writes; guarded by the lock like the following. */
    private boolean busy;

    private boolean more;
    private boolean closed;
    private long writingSince;

    /** @param allowed whether it may go on; asked now and then */
    ChangeStream(ChangeQuery query, long position, BooleanSupplier allowed, Consumer<ChangeStream> ended) {
        this.query = query;
        this.position = position;
        this.toldPosition = position;
        this.allowed = allowed;
        this.ended = ended;
    }

    void start(Request request, Response to, Callback whenDone) {
        response = to;
        callback = whenDone;
        executor = request.getComponents().getExecutor();
        scheduler = request.getComponents().getScheduler();
        to.setStatus(200);
        to.getHeaders()
                .put(HttpHeader.CONTENT_TYPE, "text/event-stream")
                .put(HttpHeader.CACHE_CONTROL, "no-store")
                .put("X-Content-Type-Options", "nosniff")
                // Proxies that gather an answer before they pass it on would hold the feed back for ever.
                .put("X-Accel-Buffering", "no");
        busy = true;
        query.journal().addListener(this);
        StringBuilder first = new StringBuilder();
        resetWhereGone(first);
        // The client's place from the beginning, so that it misses nothing where it is told nothing before it breaks
        // off.
        first.insert(0, "retry: 2000\nid: " + position + "\n\n");
        beatLater();
        write(first.toString());
    }

    @Override
    public void appended(List<Change> page) {
        wake();
    }

    @Override
    public void marked(Gap gap) {
        wake();
    }

    private void wake() {
        synchronized (lock) {
            more = true;
            if (busy || closed) {
                return;
            }
            busy = true;
        }
        pumpApart();
    }

    private void pumpApart() {
        try {
            Objects.requireNonNull(executor).execute(this::pump);
        } catch (RejectedExecutionException e) {
            close(null);
        }
    }

    /** Reads what is new and writes it; on a thread of the server's, by one at a time. */
    private void pump() {
        try {
            while (true) {
                synchronized (lock) {
                    if (closed) {
                        return;
                    }
                    more = false;
                }
                StringBuilder events = new StringBuilder();
                boolean all = read(events);
                if (!events.isEmpty()) {
                    // When that is written, it looks again.
                    write(events.toString());
                    return;
                }
                synchronized (lock) {
                    if (all && !more) {
                        busy = false;
                        return;
                    }
                }
            }
        } catch (JournalException e) {
            close(e);
        }
    }

    /** Whether it read all there is. */
    private boolean read(StringBuilder events) {
        resetWhereGone(events);
        List<Gap> gaps = query.journal().gaps();
        Found found = new JournalSearch(query.journal()).after(position, query.wanted(), PAGE, PATIENCE);
        for (Change change : found.changes()) {
            gapsBefore(change.position(), gaps, events);
            ChangeStreams.field(events, "id", Long.toString(change.position()));
            ChangeStreams.field(events, "data", ChangeJson.cloudEvent(change));
            events.append('\n');
            position = change.position();
        }
        gapsBefore(found.reached() + 1, gaps, events);
        position = Math.max(position, found.reached());
        if (!events.isEmpty()) {
            toldPosition = position;
        }
        return found.complete();
    }

    /** The gaps from where it stands to a position. */
    private void gapsBefore(long next, List<Gap> gaps, StringBuilder events) {
        for (Gap gap : gaps) {
            if (gap.position() >= position && gap.position() < next) {
                position = gap.position() + gap.jump();
                Map<String, Object> shown = new LinkedHashMap<>();
                shown.put("position", gap.position());
                shown.put("jump", gap.jump());
                shown.put("epoch", gap.epoch());
                shown.put("reason", gap.reason());
                shown.put("at", gap.at());
                event(events, "gap", shown);
            }
        }
    }

    /** Where its place is not in the journal, it says so and goes on from the nearest one. */
    private void resetWhereGone(StringBuilder events) {
        Journal journal = query.journal();
        long first = journal.first() - 1;
        long last = journal.last();
        if (position >= first && position <= last) {
            return;
        }
        String reason = position < first
                ? "The changes from position " + (position + 1) + " to " + first + " are no longer in the journal"
                : "The journal ends at position " + last + ": it was replaced, or restored from a backup";
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("from", position);
        shown.put("position", position < first ? first : last);
        shown.put("reason", reason);
        position = position < first ? first : last;
        event(events, "reset", shown);
    }

    private void event(StringBuilder events, String name, Map<String, Object> data) {
        ChangeStreams.field(events, "event", name);
        ChangeStreams.field(events, "id", Long.toString(position));
        ChangeStreams.field(events, "data", new String(Json.bytes(data), StandardCharsets.UTF_8));
        events.append('\n');
    }

    private void write(String text) {
        Response to = response;
        synchronized (lock) {
            if (closed || to == null) {
                return;
            }
            writingSince = System.nanoTime();
        }
        to.write(
                false,
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                Callback.from(InvocationType.NON_BLOCKING, this::written, this::close));
    }

    private void written() {
        synchronized (lock) {
            writingSince = 0;
            if (closed) {
                return;
            }
        }
        // Apart: a write that completes at once would otherwise call itself deeper and deeper.
        pumpApart();
    }

    private void beatLater() {
        var unused = Objects.requireNonNull(scheduler).schedule(this::beat, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keeps the connection, finds out that it broke, that the client is too slow, or that its key was revoked. */
    private void beat() {
        boolean idle;
        boolean slow;
        synchronized (lock) {
            if (closed) {
                return;
            }
            idle = !busy;
            busy = true;
            slow = writingSince != 0 && System.nanoTime() - writingSince > LONGEST_WRITE.toNanos();
        }
        if (slow) {
            close(new TimeoutException("The client took nothing for " + LONGEST_WRITE.toSeconds() + " s"));
        } else if (!allowed.getAsBoolean()) {
            close(new EofException("The key was revoked"));
        } else {
            if (idle) {
                // With a filter, the client's place moves on though it is told nothing.
                boolean moved = position > toldPosition;
                toldPosition = position;
                write(moved ? ":\nid: " + position + "\n\n" : ":\n\n");
            }
            beatLater();
        }
    }

    /** Ends it in order; what is being written to a client that doesn't take it is broken off. */
    void end() {
        boolean writing;
        synchronized (lock) {
            writing = writingSince != 0;
        }
        close(writing ? new EofException("The platform stops") : null);
    }

    /** @param cause why it breaks off; null for an orderly end */
    private void close(@Nullable Throwable cause) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        query.journal().removeListener(this);
        ended.accept(this);
        Callback done = callback;
        Response to = response;
        if (done == null || to == null) {
            return;
        }
        if (cause != null) {
            done.failed(cause);
        } else {
            to.write(true, ByteBuffer.wrap(": the platform stops\n\n".getBytes(StandardCharsets.UTF_8)), done);
        }
    }
}
