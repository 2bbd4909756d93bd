package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import io.bactrian.testing.SignedCalls;
import io.bactrian.testing.SocketReceiver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The platform as a real process under load, both ways, killed at random instants: the receiver's own record and the
 * database's rows prove invariants 1, 2, 3, 4, 5, 7, 8, 9 and 14.
 */
class KillIT {
    private static final int KEYS = 40;
    private static final int WRITERS = 4;
    private static final int SENDERS = 3;

    @TempDir
    Path folder;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLongArray versions = new AtomicLongArray(KEYS);
    private final DeliveryRecord record = new DeliveryRecord();
    private final AtomicInteger calls = new AtomicInteger();
    private final Random chance = new Random(42);

    @Test
    @DisplayName(
            "invariants 1, 2, 3, 4, 5, 7, 8, 9, 14: killed 3 times under load, nothing is lost, doubled or reordered")
    void aKilledPlatformLosesNothing() throws Exception {
        killUnderLoad(3);
    }

    @Test
    @Tag("full")
    @DisplayName(
            "invariants 1, 2, 3, 4, 5, 7, 8, 9, 14: killed 20 times under load, nothing is lost, doubled or reordered")
    void aPlatformKilledTwentyTimesLosesNothing() throws Exception {
        killUnderLoad(20);
    }

    private void killUnderLoad(int kills) throws Exception {
        String url = PostgresServer.newDatabase();
        execute(url, "CREATE TABLE counted (k bigint PRIMARY KEY, v bigint NOT NULL)");
        execute(
                url,
                "CREATE TABLE received (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message text NOT NULL)");
        ExecutorService threads = Executors.newCachedThreadPool();
        try (SocketReceiver receiver = SocketReceiver.start(0, this::received);
                PlatformProcess platform = platform(url, receiver)) {
            platform.start();
            List<Future<?>> load = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int first = writer;
                load.add(threads.submit(() -> write(url, first)));
            }
            List<Future<List<String>>> sent = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                int number = sender;
                sent.add(threads.submit(() -> send(platform.url("/hooks/in"), number)));
            }
            for (int kill = 0; kill < kills; kill++) {
                int before = record.distinct();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200 + chance.nextInt(1500)));
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> record.distinct() > before);
                platform.kill();
                platform.start();
            }
            stop.set(true);
            for (Future<?> writer : load) {
                writer.get(60, TimeUnit.SECONDS);
            }
            List<String> acknowledged = new ArrayList<>();
            for (Future<List<String>> sender : sent) {
                acknowledged.addAll(sender.get(60, TimeUnit.SECONDS));
            }
            awaitAllDelivered(platform);
            assertEquals(List.of(), record.disorders(), "disorders seen by the receiver");
            assertAppliedOnce(url, acknowledged);
            assertEquals(0, platform.stop() & ~143, "an orderly end: " + platform.output());
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    private PlatformProcess platform(String url, SocketReceiver receiver) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.username", PostgresServer.USER);
        configuration.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        configuration.put("bactrian.databases.main.capture.tables", "counted,received");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder, configuration).route("both.yaml", """
                        - route:
                            id: out
                            from:
                              uri: changes:counted
                              parameters:
                                from: earliest
                                retryDelay: 200ms
                                retryMaxDelay: 1s
                                retryMax: 1000
                              steps:
                                - to: hook:%s?secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                        - route:
                            id: in
                            from:
                              uri: hook:in
                              parameters:
                                secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                              steps:
                                - to: table:received?operation=insert
                        """.formatted(receiver.url()));
    }

    private int received(String id, byte[] body) {
        // A receiver that fails now and then: quick retries and parking are part of what is killed.
        if (calls.incrementAndGet() % 50 == 0) {
            return 500;
        }
        record.received(id, body);
        return 200;
    }

    /** Counts its own keys up; some transactions are slow, some roll back. */
    private void write(String url, int first) {
        Random random = new Random(first);
        try (Connection connection = connect(url);
                PreparedStatement upsert = connection.prepareStatement(
                        "INSERT INTO counted VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v")) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                int key = first + WRITERS * random.nextInt(KEYS / WRITERS);
                long next = versions.get(key) + 1;
                upsert.setLong(1, key);
                upsert.setLong(2, next);
                upsert.executeUpdate();
                if (random.nextInt(100) == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                }
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    versions.set(key, next);
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(2000));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends each message until it is acknowledged, and some once more; gives the acknowledged ids. */
    private List<String> send(String url, int sender) throws InterruptedException {
        SignedCalls calls = new SignedCalls("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        List<String> acknowledged = new ArrayList<>();
        for (int n = 0; !stop.get(); n++) {
            String id = "m-" + sender + "-" + n;
            String body = "{\"message\":\"" + id + "\"}";
            while (!calls.acknowledged(url, id, body)) {
                if (stop.get()) {
                    return acknowledged;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            acknowledged.add(id);
            if (n % 7 == 0) {
                calls.acknowledged(url, id, body);
            }
        }
        return acknowledged;
    }

    private void awaitAllDelivered(PlatformProcess platform) {
        Awaitility.await()
                .alias("every committed version delivered")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    Map<Long, List<Long>> missing = new HashMap<>();
                    for (int key = 0; key < KEYS; key++) {
                        List<Long> lost = record.missing(key, versions.get(key));
                        if (!lost.isEmpty()) {
                            missing.put((long) key, lost);
                        }
                    }
                    assertEquals(Map.of(), missing, () -> {
                        try {
                            return "missing versions by key; "
                                    + platform.call("GET", "/api/subscriptions", null)
                                            .body() + "\n" + platform.output();
                        } catch (Exception e) {
                            return platform.output();
                        }
                    });
                });
    }

    private static void assertAppliedOnce(String url, List<String> acknowledged) throws SQLException {
        Map<String, Integer> rows = new HashMap<>();
        try (Connection connection = connect(url);
                var result = connection
                        .createStatement()
                        .executeQuery("SELECT message, count(*) FROM received GROUP BY message")) {
            while (result.next()) {
                rows.put(result.getString(1), result.getInt(2));
            }
        }
        List<String> doubled = rows.entrySet().stream()
                .filter(row -> row.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
        List<String> lost =
                acknowledged.stream().filter(id -> !rows.containsKey(id)).toList();
        assertEquals(List.of(), doubled, "invariant 9: applied more than once");
        assertEquals(List.of(), lost, "invariant 8: acknowledged, but not in the table");
        assertTrue(acknowledged.size() > 20, "enough messages to prove something: " + acknowledged.size());
    }

    private static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = connect(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
