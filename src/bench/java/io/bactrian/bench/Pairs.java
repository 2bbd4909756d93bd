package io.bactrian.bench;

import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * W2: one PostgreSQL database is kept like another, through a route {@code changes:*} to {@code table:*} in batches. Both
 * databases are on the same server; the target's table has no trigger of ours.
 */
final class Pairs {
    private static final String SUBSCRIPTION = "/api/subscriptions/bench";
    private static final int BATCH = Integer.getInteger("batch", 1_000);

    private final Path folder;
    private final int changes;
    private final int seconds;

    Pairs(Path folder, int changes, int seconds) {
        this.folder = folder;
        this.changes = changes;
        this.seconds = seconds;
    }

    /** W2a: changes that wait, fresh JVM, then warm rounds. */
    void drain(Figures figures) throws Exception {
        Shop source = new Shop();
        Shop target = new Shop();
        try (PlatformProcess platform = platform(source, target)) {
            platform.start();
            platform.stop();
            source.insert(1, changes);
            long launched = System.nanoTime();
            platform.launch();
            Progress fresh = follow(platform, target, 0, changes);
            figures.rate(
                    "W2a fresh",
                    fresh.rate(),
                    usage(platform, 0),
                    String.format(
                            Locale.ROOT,
                            "first seen %.1f s after launch; all in %.1f s from launch; %s",
                            (fresh.first - launched) / 1e9,
                            (fresh.last - launched) / 1e9,
                            verdict(source, target)));
            for (int round = 1; round <= 3; round++) {
                platform.call("POST", SUBSCRIPTION + "/pause", null);
                source.insert(1 + (long) round * changes, changes);
                awaitCollected(source);
                double cpu = Machine.cpuSeconds(platform.pid());
                platform.call("POST", SUBSCRIPTION + "/resume", null);
                Progress warm = follow(platform, target, (long) round * changes, changes);
                figures.rate("W2a warm " + round, warm.rate(), usage(platform, cpu), verdict(source, target));
            }
        }
    }

    /** W2b: a steady, light load; commit to visible in the target, which a trigger of the benchmark's tells by NOTIFY. */
    void latency(Figures figures) throws Exception {
        Shop source = new Shop();
        Shop target = new Shop();
        target.execute("""
                CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_notify(''bench'', extract(epoch FROM NEW.committed_at)::text); RETURN NULL; END';
                CREATE TRIGGER tell AFTER INSERT ON bench_orders FOR EACH ROW EXECUTE FUNCTION tell()""");
        Figures.Latencies latencies = new Figures.Latencies();
        AtomicInteger told = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Thread listener = new Thread(() -> listen(target, latencies, told, over), "listener");
        listener.setDaemon(true);
        listener.start();
        try (PlatformProcess platform = platform(source, target)) {
            platform.start();
            Outbound.steadily(source, 1, 10);
            await(platform, told, 10 * 200);
            int before = told.get();
            double cpu = Machine.cpuSeconds(platform.pid());
            Outbound.steadily(source, 10_001, seconds);
            await(platform, told, before + seconds * 200);
            Figures.Latencies last = new Figures.Latencies();
            synchronized (latencies) {
                last.addTail(latencies, before);
            }
            double used = Machine.cpuSeconds(platform.pid()) - cpu;
            figures.latency(
                    "W2b 200 tx/s",
                    200,
                    last,
                    new Figures.Usage(used * 1e6 / (seconds * 200), Machine.peakResidentMegabytes(platform.pid())),
                    verdict(source, target));
        } finally {
            over.set(true);
            listener.join();
        }
    }

    private PlatformProcess platform(Shop source, Shop target) {
        Map<String, String> configuration = source.configuration();
        // Only so that our tables are there: writes with an origin need them.
        target.execute("CREATE TABLE bench_marker (id int PRIMARY KEY)");
        target.configuration().forEach((key, value) -> {
            String named = key.replace(".main.", ".other.");
            configuration.put(named, named.endsWith("capture.tables") ? "bench_marker" : value);
        });
        return PlatformProcess.in(folder.resolve("w2-" + System.nanoTime()), configuration)
                .route("bench.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="bench">
                            <from uri="changes:*?from=earliest&amp;ordering=journal&amp;batch=%d"/>
                            <to uri="table:*?database=other"/>
                          </route>
                        </routes>
                        """.formatted(BATCH));
    }

    /** What was there when something new was first seen, and when all of it was. */
    private record Progress(long first, long seenFirst, long last, long seenLast) {
        double rate() {
            return (seenLast - seenFirst) / ((last - first) / 1e9);
        }
    }

    /** By the highest id, which the index gives at once: rows come in the order of their ids. */
    private static Progress follow(PlatformProcess platform, Shop target, long from, int count) throws SQLException {
        long first = 0;
        long seenFirst = 0;
        try (Connection connection = target.connect();
                PreparedStatement highest =
                        connection.prepareStatement("SELECT coalesce(max(id), 0) FROM bench_orders")) {
            long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
            while (System.nanoTime() < deadline) {
                long seen;
                try (var result = highest.executeQuery()) {
                    result.next();
                    seen = result.getLong(1);
                }
                long now = System.nanoTime();
                if (first == 0 && seen > from) {
                    first = now;
                    seenFirst = seen;
                }
                if (seen >= from + count) {
                    return new Progress(first, seenFirst, now, seen);
                }
                if (!platform.isAlive()) {
                    break;
                }
                LockSupport.parkNanos(3_000_000);
            }
        }
        throw new IllegalStateException("They don't come: " + platform.output());
    }

    private static void awaitCollected(Shop source) {
        while (source.count("SELECT count(*) FROM bactrian.change") > 0) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void listen(Shop target, Figures.Latencies latencies, AtomicInteger told, AtomicBoolean over) {
        try (Connection connection = target.connect();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN bench");
            PGConnection notified = connection.unwrap(PGConnection.class);
            while (!over.get()) {
                PGNotification[] all = notified.getNotifications(100);
                Instant arrived = Instant.now();
                double now = arrived.getEpochSecond() + arrived.getNano() / 1e9;
                for (PGNotification each : all == null ? new PGNotification[0] : all) {
                    synchronized (latencies) {
                        latencies.add((now - Double.parseDouble(each.getParameter())) * 1e3);
                    }
                    told.incrementAndGet();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(PlatformProcess platform, AtomicInteger told, int expected) {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (told.get() < expected) {
            if (!platform.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(told.get() + " of " + expected + " came: " + platform.output());
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static String verdict(Shop source, Shop target) {
        String digest = "SELECT sum(hashtextextended(o::text, 0)) FROM bench_orders AS o";
        boolean same = source.text(digest).equals(target.text(digest));
        return target.count("SELECT count(*) FROM bench_orders") + " rows, " + (same ? "the same" : "DIFFERENT")
                + "; batches of " + BATCH;
    }

    private Figures.Usage usage(PlatformProcess platform, double cpuBefore) {
        double cpu = Machine.cpuSeconds(platform.pid()) - cpuBefore;
        return new Figures.Usage(cpu * 1e6 / changes, Machine.peakResidentMegabytes(platform.pid()));
    }
}
