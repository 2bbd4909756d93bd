package io.bactrian.hook;

import io.bactrian.subscription.Answer;
import io.bactrian.subscription.DeliveryOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One delivery under way. The client's I/O threads drive it, one at a time; {@link #expire} comes from a timer. The
 * outcome is told exactly once.
 *
 * <p>Straight on the client's exchange handler rather than on its producers, consumers and futures: at 20,000 requests
 * a second their layers are what costs.
 */
final class HookCall implements AsyncClientExchangeHandler {
    /** How much of an answer's body is kept for messages, and how much is read at all. */
    private static final int KEPT_BODY = 1024;

    private static final int MOST_BODY = 64 * 1024;

    private static final Header USER_AGENT = new BasicHeader(HttpHeaders.USER_AGENT, "Bactrian");
    private static final byte[] NOTHING = {};

    private final HookRequest request;
    private final Clock clock;
    private final BiConsumer<HookCall, DeliveryOutcome> done;
    private final AtomicBoolean told = new AtomicBoolean();
    private final long deadline;
    private final long begun = System.nanoTime();
    private final ByteBuffer unsent;

    private @Nullable String retryAfter;
    /** 0 until the answer's head has come; written after what else of the head is kept. */
    private volatile int status;

    private @Nullable ByteArrayOutputStream answer;
    private int received;
    private volatile @Nullable Cancellable running;

    /** @param deadline by {@link System#nanoTime} */
    HookCall(HookRequest request, Clock clock, long deadline, BiConsumer<HookCall, DeliveryOutcome> done) {
        this.request = request;
        this.clock = clock;
        this.deadline = deadline;
        this.done = done;
        this.unsent = ByteBuffer.wrap(request.body());
    }

    HookTarget target() {
        return request.target();
    }

    /** What cancels the request while it still waits for a connection. */
    void runs(Cancellable cancellable) {
        running = cancellable;
        if (told.get()) {
            cancellable.cancel();
        }
    }

    /** Gives up where the deadline has passed; the connection ends by its own timeout or at its next byte. */
    void expire(long now) {
        if (now - deadline >= 0) {
            tell(
                    status == 0
                            ? Answers.tooLate(target())
                            : Answers.outcome(target(), status, NOTHING, retryAfter, clock.instant()),
                    NOTHING);
            Cancellable cancellable = running;
            if (cancellable != null) {
                cancellable.cancel();
            }
        }
    }

    void fail(Throwable cause) {
        tell(Answers.failure(target(), cause), NOTHING);
    }

    private void tell(DeliveryOutcome outcome, byte[] body) {
        if (told.compareAndSet(false, true)) {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            Answer answer = new Answer(target().shownRequest(), took, status, Answers.text(target(), body));
            done.accept(this, outcome.with(List.of(answer)));
        }
    }

    private void tellAnswer() {
        byte[] body = answer == null ? NOTHING : answer.toByteArray();
        tell(Answers.outcome(target(), status, body, retryAfter, clock.instant()), body);
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        HookTarget target = target();
        HttpRequest post = new BasicHttpRequest("POST", target.host(), target.path());
        // The timestamp is this attempt's; the id is the same for all of them.
        long timestamp = Math.floorDiv(clock.millis(), 1000L);
        post.addHeader(USER_AGENT);
        post.addHeader(new BasicHeader(StandardWebhooks.ID, request.id()));
        post.addHeader(new BasicHeader(StandardWebhooks.TIMESTAMP, Long.toString(timestamp)));
        if (!target.secrets().isEmpty()) {
            String signature = StandardWebhooks.sign(request.id(), timestamp, request.body(), target.secrets());
            post.addHeader(new BasicHeader(StandardWebhooks.SIGNATURE, signature));
        }
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            post.addHeader(HookTarget.header(header.getKey(), header.getValue()));
        }
        for (Header header : target.headers()) {
            post.setHeader(header);
        }
        channel.sendRequest(post, new Body(request), context);
    }

    @Override
    public int available() {
        return unsent.remaining();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        if (!unsent.hasRemaining()) {
            channel.endStream();
        }
    }

    @Override
    public void consumeInformation(HttpResponse response, HttpContext context) {}

    @Override
    public void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context) {
        Header header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        retryAfter = header == null ? null : header.getValue();
        status = response.getCode();
        if (entity == null) {
            tellAnswer();
        }
    }

    @Override
    public void updateCapacity(CapacityChannel capacity) throws IOException {
        capacity.update(Integer.MAX_VALUE);
    }

    @Override
    public void consume(ByteBuffer source) throws IOException {
        int kept = answer == null ? 0 : answer.size();
        int length = source.remaining();
        if (kept < KEPT_BODY && length > 0) {
            byte[] bytes = new byte[Math.min(length, KEPT_BODY - kept)];
            source.get(bytes);
            ByteArrayOutputStream beginning = answer == null ? new ByteArrayOutputStream(bytes.length) : answer;
            beginning.write(bytes);
            answer = beginning;
        }
        source.position(source.limit());
        received += length;
        if (received > MOST_BODY || told.get()) {
            // The status said all; the exception closes the connection, and failed() tells the outcome.
            throw new IOException("The answer is longer than " + MOST_BODY + " bytes, or too late");
        }
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
        tellAnswer();
    }

    /** Once the status has come the receiver has decided, whatever becomes of the rest of its answer. */
    @Override
    public void failed(Exception cause) {
        if (status != 0) {
            tellAnswer();
        } else {
            fail(cause);
        }
    }

    @Override
    public void cancel() {
        failed(new IOException("the platform stops"));
    }

    @Override
    public void releaseResources() {}

    private record Body(HookRequest request) implements EntityDetails {
        @Override
        public long getContentLength() {
            return request.body().length;
        }

        @Override
        public String getContentType() {
            return request.contentType();
        }

        @Override
        public @Nullable String getContentEncoding() {
            return null;
        }

        @Override
        public boolean isChunked() {
            return false;
        }

        @Override
        public java.util.Set<String> getTrailerNames() {
            return java.util.Set.of();
        }
    }
}
