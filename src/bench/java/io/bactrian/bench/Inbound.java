package io.bactrian.bench;

import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;

/** W3: a signed hook in, INSERT committed, then answered; beside a bare Jetty servlet that does the INSERT alone. */
final class Inbound {
    private static final int CONNECTIONS = 16;
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    private final Path folder;
    private final int seconds;
    private final AtomicLong ids = new AtomicLong();

    Inbound(Path folder, int seconds) {
        this.folder = folder;
        this.seconds = seconds;
    }

    void run(Figures figures) throws Exception {
        Shop shop = new Shop();
        Shop bareShop = new Shop();
        int barePort = FreePorts.next();
        Process bare = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareServlet.class.getName(),
                        Integer.toString(barePort),
                        bareShop.url(),
                        PostgresServer.USER,
                        PostgresServer.PASSWORD)
                .inheritIO()
                .start();
        try (PlatformProcess platform = platform(shop).start()) {
            awaitHttp(barePort);
            load(platform.port(), "/hooks/bench", 15);
            load(barePort, "/", 5);
            for (int round = 1; round <= 2; round++) {
                long before = shop.count("SELECT count(*) FROM bench_orders");
                double cpu = Machine.cpuSeconds(platform.pid());
                Figures.Latencies ours = load(platform.port(), "/hooks/bench", seconds);
                double used = (Machine.cpuSeconds(platform.pid()) - cpu) * 1e6 / ours.count();
                long written = shop.count("SELECT count(*) FROM bench_orders") - before;
                figures.latency(
                        "W3 hook to table " + round,
                        ours.count() / (double) seconds,
                        ours,
                        new Figures.Usage(used, Machine.peakResidentMegabytes(platform.pid())),
                        ours.count() + " answered, " + written + " rows");
                Figures.Latencies theirs = load(barePort, "/", seconds);
                figures.latency(
                        "W3 bare servlet " + round,
                        theirs.count() / (double) seconds,
                        theirs,
                        Figures.Usage.UNKNOWN,
                        "INSERT alone: no signature, no claim, no trigger");
            }
        } finally {
            bare.destroyForcibly();
        }
    }

    private PlatformProcess platform(Shop shop) {
        return PlatformProcess.in(folder.resolve("w3"), shop.configuration())
                .route("bench.yaml", """
                        - route:
                            id: bench-in
                            from:
                              uri: hook:bench
                              parameters:
                                secret: whsec_%s
                              steps:
                                - to: table:bench_orders?operation=insert&origin=bench
                        """.formatted(Base64.getEncoder().encodeToString(SECRET)));
    }

    private static void awaitHttp(int port) {
        HttpClient client = HttpClient.newHttpClient();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> client.send(
                                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        > 0);
    }

    private Figures.Latencies load(int port, String path, int seconds) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            long until = System.nanoTime() + seconds * 1_000_000_000L;
            List<Future<Figures.Latencies>> parts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                parts.add(clients.submit(() -> client(port, path, until)));
            }
            Figures.Latencies all = new Figures.Latencies();
            for (Future<Figures.Latencies> part : parts) {
                all.addAll(part.get());
            }
            return all;
        } finally {
            clients.shutdownNow();
        }
    }

    private Figures.Latencies client(int port, String path, long until) throws Exception {
        Figures.Latencies latencies = new Figures.Latencies();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (System.nanoTime() < until) {
                long id = ids.incrementAndGet();
                byte[] request = request(mac, path, id);
                long started = System.nanoTime();
                out.write(request);
                int status = answer(in);
                latencies.add((System.nanoTime() - started) / 1e6);
                if (status / 100 != 2) {
                    throw new IllegalStateException("Answered " + status);
                }
            }
        }
        return latencies;
    }

    private static byte[] request(Mac mac, String path, long id) {
        byte[] body = Shop.json(id).getBytes(StandardCharsets.UTF_8);
        String head = "bench_" + id + "." + System.currentTimeMillis() / 1000;
        mac.update((head + ".").getBytes(StandardCharsets.UTF_8));
        String signature = Base64.getEncoder().encodeToString(mac.doFinal(body));
        String text =
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\nwebhook-id: bench_" + id + "\r\nwebhook-timestamp: "
                        + head.substring(head.indexOf('.') + 1) + "\r\nwebhook-signature: v1," + signature + "\r\n\r\n";
        byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        return request;
    }

    /** Reads one answer (with Content-Length, or none for 204) to its end; gives its status. */
    private static int answer(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IllegalStateException("Closed after: " + head);
            }
            head.append((char) next);
        }
        String headers = head.toString().toLowerCase(Locale.ROOT);
        int at = headers.indexOf("content-length:");
        if (at >= 0) {
            in.readNBytes(Integer.parseInt(
                    headers.substring(at + 15, headers.indexOf('\r', at)).strip()));
        }
        return Integer.parseInt(head.substring(9, 12));
    }
}
