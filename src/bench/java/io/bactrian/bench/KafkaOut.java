package io.bactrian.bench;

import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.KafkaTopic;
import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Row changes leave as one Kafka record each, through a route {@code changes:} to {@code kafka:}; the broker is a process
 * of its own. What arrived is asked of the broker (the topic's end), so that no consumer takes part of the machine; that
 * all are there, each once, is read afterwards.
 */
final class KafkaOut {
    private static final String SUBSCRIPTION = "/api/subscriptions/bench";
    private static final String TOPIC = "bench";
    private static final int PARTITIONS = 6;

    private final Path folder;
    private final int changes;

    KafkaOut(Path folder, int changes) {
        this.folder = folder;
        this.changes = changes;
    }

    void run(Figures figures) throws Exception {
        // Others to compare: -Dkafka.options=lanes=256,batch=500
        for (String options : System.getProperty("kafka.options", "lanes=128").split(",")) {
            drain(figures, "kafka " + options, options);
        }
    }

    private void drain(Figures figures, String work, String options) throws Exception {
        Shop shop = new Shop();
        Path home = folder.resolve("kafka-" + System.nanoTime());
        try (KafkaServer kafka = KafkaServer.in(home.resolve("kafka")).start();
                PlatformProcess platform = platform(home, shop, kafka, options);
                Admin admin = kafka.admin(20_000)) {
            kafka.createTopic(TOPIC, PARTITIONS, Map.of());
            platform.start();
            platform.stop();
            shop.insert(1, changes);
            platform.launch();
            Drained fresh = awaitArrivals(admin, platform, 0);
            figures.rate(work + " fresh", fresh.rate(), usage(platform, 0), "");
            for (int round = 1; round <= 3; round++) {
                platform.call("POST", SUBSCRIPTION + "/pause", null);
                shop.insert(1 + (long) round * changes, changes);
                double cpu = Machine.cpuSeconds(platform.pid());
                platform.call("POST", SUBSCRIPTION + "/resume", null);
                Drained warm = awaitArrivals(admin, platform, (long) round * changes);
                figures.rate(work + " warm " + round, warm.rate(), usage(platform, cpu), "");
            }
            Set<String> ids = new HashSet<>();
            AtomicLong records = new AtomicLong();
            KafkaTopic.each(kafka, TOPIC, each -> {
                records.incrementAndGet();
                ids.add(each.header("bactrian-id"));
            });
            figures.note(
                    work,
                    String.format(Locale.ROOT, "%,d records", records.get()),
                    ids.size() + " distinct, " + (records.get() - ids.size()) + " twice");
        }
    }

    private PlatformProcess platform(Path home, Shop shop, KafkaServer kafka, String options) {
        Map<String, String> configuration = shop.configuration();
        configuration.put("bactrian.kafka.brokers", kafka.brokers());
        return PlatformProcess.in(home.resolve("platform"), configuration)
                .route("bench.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="bench">
                            <from uri="changes:bench_orders?from=earliest&amp;%s"/>
                            <to uri="kafka:%s"/>
                          </route>
                        </routes>
                        """.formatted(options, TOPIC));
    }

    private record Drained(long count, double seconds) {
        double rate() {
            return count / seconds;
        }
    }

    /** From the first look that shows a record to the last that shows another one: looks are 5 ms apart. */
    private Drained awaitArrivals(Admin admin, PlatformProcess platform, long before) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        long first = 0;
        long firstCount = 0;
        while (System.nanoTime() < end) {
            long arrived = arrived(admin) - before;
            long now = System.nanoTime();
            if (arrived > 0 && first == 0) {
                first = now;
                firstCount = arrived;
            }
            if (arrived >= changes) {
                return new Drained(changes - firstCount, (now - first) / 1e9);
            }
            if (!platform.isAlive()) {
                throw new IllegalStateException("It ended: " + platform.output());
            }
            LockSupport.parkNanos(5_000_000);
        }
        throw new IllegalStateException("They don't all arrive: " + platform.output());
    }

    private static long arrived(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(each -> new TopicPartition(TOPIC, each), each -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(each -> each.offset())
                .sum();
    }

    private Figures.Usage usage(PlatformProcess platform, double cpuBefore) {
        double cpu = Machine.cpuSeconds(platform.pid()) - cpuBefore;
        return new Figures.Usage(cpu * 1e6 / changes, Machine.peakResidentMegabytes(platform.pid()));
    }
}
