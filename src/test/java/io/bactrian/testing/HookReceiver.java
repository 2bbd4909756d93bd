package io.bactrian.testing;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * An outside system's endpoint for tests: records what arrives in order, checks signatures with a library that is not
 * ours, and answers as told. Thread-safe.
 *
 * <pre>{@code
 * try (HookReceiver receiver = HookReceiver.start(secret)) {
 *     receiver.answer(call -> call.body().contains("42") ? Answer.of(500) : Answer.of(204));
 *     … send to receiver.url() …
 *     await().until(() -> receiver.calls().size() == 3);
 * }
 * }</pre>
 */
public final class HookReceiver implements AutoCloseable {

    /**
     * One POST as it arrived.
     *
     * @param verified whether the signature held under the receiver's secret; false without a secret
     */
    public record Call(String method, String target, HttpHeaders headers, byte[] bytes, boolean verified) {
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The {@code webhook-id}, empty where there is none. */
        public String id() {
            return headers.firstValue("webhook-id").orElse("");
        }

        @Override
        public String toString() {
            return method + ' ' + target + ' ' + id() + (verified ? " (verified) " : " ") + body();
        }
    }

    /** What to answer; a status of 0 never answers. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        public static final Answer NEVER = of(0);

        public static Answer of(int status) {
            return new Answer(status, Map.of(), new byte[0]);
        }

        public static Answer of(int status, String body) {
            return new Answer(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
        }

        public Answer with(String header, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(header, value);
            return new Answer(status, more, body);
        }
    }

    private final Server server;
    private final ServerConnector connector;
    private final @Nullable String secret;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Callback> hanging = new ConcurrentLinkedQueue<>();
    private volatile Function<Call, Answer> answer = call -> Answer.of(204);

    private HookReceiver(int port, @Nullable String secret) {
        this.secret = secret;
        QueuedThreadPool threads = new QueuedThreadPool(8, 2);
        threads.setName("receiver");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(new Recorder());
    }

    /** A receiver on a free port that checks no signature and answers 204. */
    public static HookReceiver start() {
        return start(0, null);
    }

    /** A receiver on a free port that checks signatures under this {@code whsec_} secret and answers 204. */
    public static HookReceiver start(String secret) {
        return start(0, secret);
    }

    /** A receiver on a port of the caller's choice: what comes back after an outage stands where it stood. */
    public static HookReceiver start(int port, @Nullable String secret) {
        HookReceiver receiver = new HookReceiver(port, secret);
        try {
            receiver.server.start();
        } catch (Exception e) {
            throw new IllegalStateException("The test receiver does not start on port " + port, e);
        }
        return receiver;
    }

    public int port() {
        return connector.getLocalPort();
    }

    public String url() {
        return url("/");
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** What arrived so far, in the order of arrival. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    public void forget() {
        calls.clear();
    }

    /** How every further call is answered. */
    public void answer(Function<Call, Answer> rule) {
        answer = rule;
    }

    public void answer(int status) {
        answer(call -> Answer.of(status));
    }

    /** Takes every further call and never answers, until told otherwise. */
    public void hang() {
        answer(call -> Answer.NEVER);
    }

    @Override
    public void close() {
        for (Callback callback : hanging) {
            callback.failed(new IllegalStateException("The receiver closes"));
        }
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The test receiver does not stop", e);
        }
    }

    private boolean verifies(HttpHeaders headers, byte[] body) {
        if (secret == null) {
            return false;
        }
        try {
            new Webhook(secret).verify(new String(body, StandardCharsets.UTF_8), headers.map());
            return true;
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
            return false;
        }
    }

    private final class Recorder extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            byte[] body = Content.Source.asInputStream(request).readAllBytes();
            HttpHeaders headers = headers(request);
            Call call = new Call(
                    request.getMethod(), request.getHttpURI().getPathQuery(), headers, body, verifies(headers, body));
            Answer told = answer.apply(call);
            calls.add(call);
            if (told.status() == 0) {
                hanging.add(callback);
                return true;
            }
            response.setStatus(told.status());
            told.headers().forEach((name, value) -> response.getHeaders().put(name, value));
            response.write(true, ByteBuffer.wrap(told.body()), callback);
            return true;
        }

        private HttpHeaders headers(Request request) {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (HttpField field : request.getHeaders()) {
                headers.computeIfAbsent(field.getName(), name -> new ArrayList<>())
                        .add(field.getValue());
            }
            return HttpHeaders.of(headers, (name, value) -> true);
        }
    }
}
