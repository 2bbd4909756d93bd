package io.bactrian.http;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's raw body without holding a thread while it arrives. A body beyond the limit is refused (413),
 * and what of it is already on its way is read and dropped, so that the sender hears the answer instead of a reset.
 */
final class BodyReader implements Runnable {
    private static final byte[] EMPTY = {};
    private static final int DROPPED = 8 * 1024 * 1024;

    private final Request request;
    private final int limit;
    private final Consumer<byte[]> then;
    private final Consumer<Throwable> failed;
    private byte @Nullable [] only;
    private @Nullable ByteArrayOutputStream joined;
    private long size;

    private BodyReader(Request request, int limit, Consumer<byte[]> then, Consumer<Throwable> failed) {
        this.request = request;
        this.limit = limit;
        this.then = then;
        this.failed = failed;
    }

    /** Calls one of the two, once: on this thread where the body is there already. */
    static void read(Request request, int limit, Consumer<byte[]> then, Consumer<Throwable> failed) {
        boolean waits = request.getHeaders().contains(HttpHeader.EXPECT);
        if (waits && request.getLength() > limit) {
            // The sender asked before it sent: it needn't.
            failed.accept(tooLarge(limit));
            return;
        }
        new BodyReader(request, limit, then, failed).run();
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                if (chunk.isLast()) {
                    failed.accept(chunk.getFailure());
                    return;
                }
                continue;
            }
            boolean last = chunk.isLast();
            keep(chunk);
            chunk.release();
            if (last || size > limit + (long) DROPPED) {
                finish();
                return;
            }
        }
    }

    private void keep(Content.Chunk chunk) {
        int length = chunk.remaining();
        size += length;
        if (length == 0 || size > limit) {
            return;
        }
        byte[] bytes = new byte[length];
        chunk.getByteBuffer().get(bytes);
        if (only == null && joined == null) {
            only = bytes;
            return;
        }
        ByteArrayOutputStream to = joined;
        if (to == null) {
            to = new ByteArrayOutputStream(Math.max(2 * length, 8192));
            joined = to;
        }
        byte[] first = only;
        if (first != null) {
            to.writeBytes(first);
            only = null;
        }
        to.writeBytes(bytes);
    }

    private void finish() {
        byte[] first = only;
        ByteArrayOutputStream all = joined;
        if (size > limit) {
            failed.accept(tooLarge(limit));
        } else if (all != null) {
            then.accept(all.toByteArray());
        } else {
            then.accept(first == null ? EMPTY : first);
        }
    }

    private static HttpProblem tooLarge(int limit) {
        return new HttpProblem(413, "The body is larger than the " + limit + " bytes that are allowed here");
    }
}
