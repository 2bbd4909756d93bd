package io.bactrian.bench;

import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.SocketReceiver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** W1: row changes leave as one signed POST each, through a route {@code changes:} to {@code hook:}. */
final class Outbound {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String SUBSCRIPTION = "/api/subscriptions/bench";

    private final Path folder;
    private final int changes;
    private final int seconds;
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final AtomicInteger arrivals = new AtomicInteger();
    private volatile long firstArrival;
    private volatile long lastArrival;

    Outbound(Path folder, int changes, int seconds) {
        this.folder = folder;
        this.changes = changes;
        this.seconds = seconds;
    }

    /** W1a: changes that wait, fresh JVM, then warm rounds. */
    void drain(Figures figures) throws Exception {
        Shop shop = new Shop();
        try (SocketReceiver receiver = SocketReceiver.start(0, this::count);
                PlatformProcess platform = platform(shop, receiver)) {
            platform.start();
            platform.stop();
            shop.insert(1, changes);
            reset();
            long launched = System.nanoTime();
            platform.launch();
            awaitArrivals(platform, changes);
            figures.rate(
                    "W1a fresh",
                    rate(),
                    usage(platform, 0),
                    String.format(
                            Locale.ROOT,
                            "first arrival %.1f s after launch; all in %.1f s from launch; %s",
                            (firstArrival - launched) / 1e9,
                            (lastArrival - launched) / 1e9,
                            verdict()));
            for (int round = 1; round <= 3; round++) {
                platform.call("POST", SUBSCRIPTION + "/pause", null);
                shop.insert(1 + (long) round * changes, changes);
                reset();
                double cpu = Machine.cpuSeconds(platform.pid());
                platform.call("POST", SUBSCRIPTION + "/resume", null);
                awaitArrivals(platform, changes);
                figures.rate("W1a warm " + round, rate(), usage(platform, cpu), verdict());
            }
        }
    }

    /** W1b: a steady, light load; commit to arrival. */
    void latency(Figures figures) throws Exception {
        Shop shop = new Shop();
        Figures.Latencies latencies = new Figures.Latencies();
        SocketReceiver.Listener timed = (id, body) -> {
            double millis = sinceCommit(body);
            synchronized (latencies) {
                latencies.add(millis);
            }
            return count(id, body);
        };
        try (SocketReceiver receiver = SocketReceiver.start(0, timed);
                PlatformProcess platform = platform(shop, receiver)) {
            platform.start();
            steadily(shop, 1, 10);
            awaitArrivals(platform, 10 * 200);
            synchronized (latencies) {
                reset();
            }
            int before = latencies.count();
            double cpu = Machine.cpuSeconds(platform.pid());
            Figures.Latencies writes = steadily(shop, 10_001, seconds);
            awaitArrivals(platform, seconds * 200);
            Figures.Latencies last = new Figures.Latencies();
            synchronized (latencies) {
                last.addTail(latencies, before);
            }
            figures.latency(
                    "W1b 200 tx/s",
                    200,
                    last,
                    usage(platform, cpu),
                    verdict() + "; the INSERT alone, commit included: " + writes);
        }
    }

    private PlatformProcess platform(Shop shop, SocketReceiver receiver) {
        return PlatformProcess.in(folder.resolve("w1-" + System.nanoTime()), shop.configuration())
                .route("bench.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="bench">
                            <from uri="changes:bench_orders?from=earliest&amp;lanes=16"/>
                            <to uri="hook:%s?secret=%s"/>
                          </route>
                        </routes>
                        """.formatted(receiver.url(), SECRET));
    }

    /** Inserts 200 rows a second, each in a transaction of its own; says how long each took. */
    static Figures.Latencies steadily(Shop shop, long first, int seconds) throws Exception {
        Figures.Latencies latencies = new Figures.Latencies();
        try (Connection connection = shop.connect();
                PreparedStatement insert = Shop.insert(connection)) {
            long started = System.nanoTime();
            for (int i = 0; i < seconds * 200; i++) {
                long due = started + i * 5_000_000L;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                Shop.bind(insert, first + i);
                long began = System.nanoTime();
                insert.execute();
                latencies.add((System.nanoTime() - began) / 1e6);
            }
        }
        return latencies;
    }

    /** The row holds the database's clock, read in the transaction just before it committed; both run on this machine. */
    private static double sinceCommit(byte[] body) {
        Instant now = Instant.now();
        String json = new String(body, StandardCharsets.UTF_8);
        int at = json.indexOf("\"committed_at\":\"", json.indexOf("\"after\":")) + 16;
        OffsetDateTime time = OffsetDateTime.parse(json.substring(at, json.indexOf('"', at)));
        return Duration.between(time.toInstant(), now).toNanos() / 1e6;
    }

    private int count(String id, byte[] body) {
        ids.add(id);
        long now = System.nanoTime();
        if (arrivals.getAndIncrement() == 0) {
            firstArrival = now;
        }
        lastArrival = now;
        return 200;
    }

    private void reset() {
        ids.clear();
        arrivals.set(0);
    }

    private void awaitArrivals(PlatformProcess platform, int expected) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !platform.isAlive() || ids.size() >= expected);
        if (!platform.isAlive()) {
            throw new IllegalStateException("It ended: " + platform.output());
        }
    }

    private double rate() {
        return (changes - 1) / ((lastArrival - firstArrival) / 1e9);
    }

    private String verdict() {
        return ids.size() + " distinct, " + (arrivals.get() - ids.size()) + " twice";
    }

    private Figures.Usage usage(PlatformProcess platform, double cpuBefore) {
        double cpu = Machine.cpuSeconds(platform.pid()) - cpuBefore;
        return new Figures.Usage(cpu * 1e6 / ids.size(), Machine.peakResidentMegabytes(platform.pid()));
    }
}
