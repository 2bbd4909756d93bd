package io.bactrian.http;

import io.bactrian.hook.InboundHooks;
import io.bactrian.journal.Journal;
import io.bactrian.store.Store;
import io.bactrian.subscription.Subscriptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A real server on a free port over a real store, and a client of it. */
final class HttpRig implements AutoCloseable {
    static final String ADMIN_KEY = "an-admin-key-for-tests";

    final Store store;
    final ApiKeys keys;
    final InboundHooks hooks = new InboundHooks();
    final Subscriptions subscriptions;
    final PlatformFacts platform = new PlatformFacts();
    final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    HttpRig(Path data) {
        this(data, HttpSettings.local(0), List.of(), (database, table) -> true, Map.of());
    }

    HttpRig(
            Path data,
            HttpSettings settings,
            List<ServedDatabase> databases,
            BiPredicate<String, String> captured,
            Map<String, Journal> journals) {
        store = Store.open(data);
        keys = new ApiKeys(store, ADMIN_KEY, Clock.systemUTC());
        subscriptions = new Subscriptions(store, journals, Clock.systemUTC());
        server = new HttpServer(settings, new ServedRooms(keys, hooks, subscriptions, databases, captured, platform));
        server.start();
        server.routesLoaded();
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, null);
    }

    HttpResponse<String> post(String path, String json, String... headers) {
        return send("POST", path, json, headers);
    }

    /** With the admin's key, JSON unless the headers say otherwise. */
    HttpResponse<String> send(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = request(method, path, body).header("Authorization", "Bearer " + ADMIN_KEY);
        if (body != null && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return answer(request.build());
    }

    /** Without a key. */
    HttpResponse<String> sendOpen(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = request(method, path, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return answer(request.build());
    }

    /** Sends bytes as they are and gives all that comes back until the server closes. */
    String raw(byte[] bytes) {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String raw(String method, String target, String... headers) {
        StringBuilder head =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return raw(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    static int status(String rawAnswer) {
        return Integer.parseInt(rawAnswer.split(" ", 3)[1]);
    }

    private HttpRequest.Builder request(String method, String path, @Nullable String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(20))
                .version(HttpClient.Version.HTTP_1_1)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        subscriptions.close();
        store.close();
    }

    /** What {@code Main} would tell. */
    static final class PlatformFacts implements PlatformView {
        private record Shown(String name, Optional<String> product) {}

        volatile Readiness readiness = Readiness.of(List.of(new Readiness.Check("database main", true, "3 ms")));
        volatile List<?> routes = List.of();
        volatile List<Metric> metrics = List.of();

        @Override
        public List<?> routes() {
            return routes;
        }

        @Override
        public List<?> capture() {
            return List.of(Map.of("database", "main", "backlog", 0));
        }

        @Override
        public List<?> databases() {
            return List.of(new Shown("main", Optional.of("SQLite")));
        }

        @Override
        public Readiness readiness() {
            return readiness;
        }

        @Override
        public List<Metric> metrics() {
            return metrics;
        }
    }
}
