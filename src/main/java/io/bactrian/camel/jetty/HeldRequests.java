package io.bactrian.camel.jetty;

import io.bactrian.camel.routes.ReplaceAware;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Requests for routes that are being replaced: they wait without a thread and are then dispatched anew. */
final class HeldRequests {
    /** Longer than any swap takes; whoever waits longer gets the container's timeout answer. */
    private static final long LONGEST_MILLIS = 20_000;

    private final List<AsyncContext> waiting = new ArrayList<>();
    private int holds;

    synchronized ReplaceAware.Hold hold() {
        holds++;
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                release().forEach(AsyncContext::dispatch);
            }
        };
    }

    private synchronized List<AsyncContext> release() {
        if (--holds > 0) {
            return List.of();
        }
        List<AsyncContext> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** @return whether it waits now; false when nothing is being replaced */
    synchronized boolean add(HttpServletRequest request) {
        if (holds == 0) {
            return false;
        }
        AsyncContext async = request.startAsync();
        async.setTimeout(LONGEST_MILLIS);
        waiting.add(async);
        return true;
    }
}
