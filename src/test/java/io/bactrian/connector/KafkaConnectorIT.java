package io.bactrian.connector;

import static io.bactrian.testing.Faults.awaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.Faults;
import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.KafkaTopic;
import io.bactrian.testing.KafkaTopic.Seen;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka as a neighbour, both ways: the platform as a real process, a real broker, a real PostgreSQL. */
class KafkaConnectorIT {
    private static final int KEYS = 40;

    @TempDir
    Path folder;

    private final String url = PostgresServer.newDatabase();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLongArray versions = new AtomicLongArray(KEYS);
    private final AtomicInteger sent = new AtomicInteger();
    private final Random chance = new Random(7);

    @Test
    @Tag("full")
    @DisplayName("invariants 3, 4, 5, 8, 9: killed in the middle, it sends all in order, and applies each record once")
    void aKilledPlatformLosesNothingAndAppliesOnce() throws Exception {
        killedUnderLoad(KafkaServer.shared(), 1, "quick-");
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 3, 4, 5, 8, 9: killed ten times, it sends all in order, and applies each record once")
    void aPlatformKilledTenTimesLosesNothingAndAppliesOnce() throws Exception {
        killedUnderLoad(KafkaServer.shared(), 10, "ten-");
    }

    private void killedUnderLoad(KafkaServer kafka, int kills, String topics) throws Exception {
        try (Traffic traffic = new Traffic(kafka, topics);
                PlatformProcess platform = platform(kafka, topics)) {
            platform.start();
            traffic.begin();
            for (int kill = 0; kill < kills; kill++) {
                awaitArrivals(platform, 20 * (kill + 1));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(chance.nextInt(1500)));
                platform.kill();
                platform.start();
            }
            awaitArrivals(platform, 20 * (kills + 1));
            traffic.end();
            assertAllArrived(kafka, platform, topics);
            assertEquals(0, platform.stop() & ~143, "an orderly end: " + platform.output());
        }
    }

    @Test
    @Tag("full")
    void poisonGoesToTheDeadLettersWithTheReasonAndTheRestIsApplied() throws Exception {
        KafkaServer kafka = KafkaServer.shared();
        try (PlatformProcess platform = platform(kafka, "poison-")) {
            kafka.createTopic("poison-in", 1, Map.of());
            KafkaTopic.write(
                    kafka,
                    "poison-in",
                    null,
                    "{\"message\":\"first\"}",
                    "this is not JSON",
                    "{\"massage\":\"no such column\"}",
                    "{\"message\":null}",
                    "{\"message\":\"last\"}");
            platform.start();
            awaiting(platform).untilAsserted(() -> assertEquals(Map.of("first", 1, "last", 1), received()));
            List<Seen> letters = KafkaTopic.read(kafka, "poison-in.dlq", 3, Duration.ofSeconds(20));
            assertEquals("this is not JSON", letters.get(0).value());
            assertTrue(reason(letters.get(0)).contains("Not JSON"), reason(letters.get(0)));
            assertTrue(reason(letters.get(1)).contains("massage"), reason(letters.get(1)));
            assertTrue(reason(letters.get(2)).contains("null"), reason(letters.get(2)));
            assertEquals("3", letters.get(2).header("__connect.errors.offset"));
            assertEquals(1, Faults.lines(platform.output(), "gave up on").size(), platform.output());
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        }
    }

    private static String reason(Seen letter) {
        return letter.header("__connect.errors.exception.message");
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 3, 4, 8, 9: Kafka is gone for a minute, in the middle of traffic both ways")
    void aBrokerThatIsGoneForAMinuteCostsNothing() throws Exception {
        try (KafkaServer kafka = KafkaServer.in(folder.resolve("kafka")).start();
                Traffic traffic = new Traffic(kafka, "gone-");
                PlatformProcess platform = platform(kafka, "gone-")) {
            platform.start();
            traffic.begin();
            awaitArrivals(platform, 50);
            kafka.kill();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(60));
            kafka.start();
            long back = System.nanoTime();
            int before = sent.get();
            awaiting(platform).until(() -> received().size() > before + 50);
            double seconds = (System.nanoTime() - back) / 1e9;
            traffic.end();
            assertAllArrived(kafka, platform, "gone-");
            String log = platform.output();
            assertEquals(1, Faults.lines(log, "out: Kafka didn't take a record").size(), log);
            assertEquals(
                    1, Faults.lines(log, "out: no change is parked any more").size(), log);
            assertEquals(1, Faults.lines(log, "in: can't receive from Kafka").size(), log);
            assertEquals(1, Faults.lines(log, "in: Kafka is back").size(), log);
            assertEquals(List.of(), Faults.lines(log, "org.apache.kafka"), log);
            assertEquals(List.of(), Faults.stackTraces(log), log);
            assertTrue(seconds < 30, "back to speed after " + seconds + " s");
        }
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 8, 9: the database is gone for a while; records wait, and none is a dead letter")
    void aDatabaseThatIsGoneMakesNoDeadLetters() throws Exception {
        KafkaServer kafka = KafkaServer.shared();
        try (Traffic traffic = new Traffic(kafka, "nodb-");
                PlatformProcess platform = platform(kafka, "nodb-")) {
            platform.start();
            traffic.begin();
            awaitArrivals(platform, 50);
            String name = url.substring(url.lastIndexOf('/') + 1);
            PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
            PostgresServer.execute(
                    "postgres",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(15));
            PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            int before = sent.get();
            awaiting(platform).until(() -> received().size() > before);
            traffic.end();
            assertAllArrived(kafka, platform, "nodb-");
            String log = platform.output();
            assertEquals(
                    1,
                    Faults.lines(log, "it is tried again by itself, and what comes after it waits")
                            .size(),
                    log);
            assertEquals(1, Faults.lines(log, "in: goes on after").size(), log);
            assertEquals(List.of(), Faults.lines(log, "gave up on"), log);
        }
    }

    private PlatformProcess platform(KafkaServer kafka, String topics) throws SQLException {
        execute("CREATE TABLE counted (k bigint PRIMARY KEY, v bigint NOT NULL)");
        execute("CREATE TABLE received (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message text NOT NULL)");
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.username", PostgresServer.USER);
        configuration.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        configuration.put("bactrian.databases.main.capture.tables", "counted");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        configuration.put("bactrian.kafka.brokers", kafka.brokers());
        return PlatformProcess.in(folder.resolve("platform"), configuration).route("both.yaml", """
                - route:
                    id: out
                    from:
                      uri: changes:counted
                      parameters:
                        from: earliest
                        retryDelay: 500ms
                        retryMaxDelay: 2s
                        retryMax: 1000
                      steps:
                        - to: kafka:%1$sout
                - route:
                    id: %1$sin
                    from:
                      uri: kafka:%1$sin
                      parameters:
                        ordering: key
                        retryDelay: 200ms
                        retryMaxDelay: 2s
                      steps:
                        - to: table:received?operation=insert
                """.formatted(topics));
    }

    /** Until what goes out and what comes in has come so far. */
    private void awaitArrivals(PlatformProcess platform, int more) throws SQLException {
        int before = received().size();
        awaiting(platform).until(() -> received().size() >= before + more);
    }

    private void assertAllArrived(KafkaServer kafka, PlatformProcess platform, String topics) throws Exception {
        ObjectMapper json = new ObjectMapper();
        awaiting(platform).until(() -> {
            var out = json.readTree(
                    platform.call("GET", "/api/subscriptions/out", null).body());
            return out.get("lag").asLong() == 0 && out.get("parked").asLong() == 0;
        });
        awaiting(platform)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(
                        () -> assertEquals(Map.of(), missing(recorded(kafka, topics)), "missing versions by key"));
        DeliveryRecord record = recorded(kafka, topics);
        assertEquals(List.of(), record.disorders());
        awaiting(platform).until(() -> received().size() >= sent.get());
        Map<String, Integer> rows = received();
        List<String> doubled = rows.entrySet().stream()
                .filter(row -> row.getValue() != 1)
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(List.of(), doubled, "applied more than once");
        assertEquals(sent.get(), rows.size());
    }

    private static DeliveryRecord recorded(KafkaServer kafka, String topics) {
        DeliveryRecord record = new DeliveryRecord();
        for (Seen each : KafkaTopic.all(kafka, topics + "out")) {
            record.received(
                    each.header("bactrian-id"), String.valueOf(each.value()).getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private Map<Integer, List<Long>> missing(DeliveryRecord record) {
        Map<Integer, List<Long>> missing = new HashMap<>();
        for (int key = 0; key < KEYS; key++) {
            List<Long> lost = record.missing(key, versions.get(key));
            if (!lost.isEmpty()) {
                missing.put(key, lost);
            }
        }
        return missing;
    }

    private Map<String, Integer> received() throws SQLException {
        Map<String, Integer> rows = new HashMap<>();
        try (Connection connection = connect();
                ResultSet result = connection
                        .createStatement()
                        .executeQuery("SELECT message, count(*) FROM received GROUP BY message")) {
            while (result.next()) {
                rows.put(result.getString(1), result.getInt(2));
            }
        }
        return rows;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Rows that change, and records that are written, until it ends. */
    private final class Traffic implements AutoCloseable {
        private final KafkaServer kafka;
        private final String topics;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<Future<?>> running = new ArrayList<>();

        Traffic(KafkaServer kafka, String topics) {
            this.kafka = kafka;
            this.topics = topics;
            kafka.createTopic(topics + "in", 3, Map.of());
            kafka.createTopic(topics + "out", 3, Map.of());
        }

        void begin() {
            Callable<Void> writing = this::write;
            Callable<Void> sending = this::send;
            running.add(threads.submit(writing));
            running.add(threads.submit(sending));
        }

        void end() throws Exception {
            stop.set(true);
            for (Future<?> each : running) {
                each.get(240, TimeUnit.SECONDS);
            }
        }

        private Void write() throws Exception {
            Random random = new Random(1);
            while (!stop.get()) {
                try (Connection connection = connect();
                        PreparedStatement upsert = connection.prepareStatement(
                                "INSERT INTO counted VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v")) {
                    while (!stop.get()) {
                        int key = random.nextInt(KEYS);
                        long next = versions.get(key) + 1;
                        upsert.setLong(1, key);
                        upsert.setLong(2, next);
                        upsert.executeUpdate();
                        versions.set(key, next);
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                    }
                } catch (SQLException e) {
                    // The database is gone for a while. What was under way may be committed or not: its version is
                    // read again.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                    readVersions();
                }
            }
            return null;
        }

        private void readVersions() {
            try (Connection connection = connect();
                    ResultSet rows = connection.createStatement().executeQuery("SELECT k, v FROM counted")) {
                while (rows.next()) {
                    versions.set(rows.getInt(1), rows.getLong(2));
                }
            } catch (SQLException e) {
                // Tried again with the next write.
            }
        }

        private Void send() throws Exception {
            try (KafkaProducer<String, String> producer = KafkaTopic.producer(kafka)) {
                List<Future<?>> acknowledged = new ArrayList<>();
                for (int n = 0; !stop.get(); n++) {
                    acknowledged.add(producer.send(
                            new ProducerRecord<>(topics + "in", "k" + n % 17, "{\"message\":\"m-" + n + "\"}")));
                    sent.set(n + 1);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
                for (Future<?> each : acknowledged) {
                    each.get(240, TimeUnit.SECONDS);
                }
            }
            return null;
        }

        @Override
        public void close() {
            stop.set(true);
            threads.shutdownNow();
        }
    }
}
