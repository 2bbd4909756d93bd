package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.Faults;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.SocketReceiver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that can't succeed says why in one message; an orderly end loses nothing. */
class StartFaultsIT {
    private static final String OUT = """
            - route:
                id: out
                from:
                  uri: changes:counted
                  steps:
                    - to: hook:%s?secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
            """;

    @TempDir
    Path folder;

    private final DeliveryRecord record = new DeliveryRecord();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    @DisplayName("invariant 15: a second platform on the same data folder ends at once, with the remedy")
    void aSecondPlatformOnTheSameDataIsRefused() throws Exception {
        try (PlatformProcess first = platform("first", Map.of()).start()) {
            refused(
                    Map.of(
                            "bactrian.store.directory",
                            folder.resolve("first/data").toString()),
                    "is in use by process " + first.pid(),
                    "--data DIR");
            assertEquals(200, first.call("GET", "/health/ready", null).statusCode());
        }
    }

    @Test
    void aTakenPortIsNamedWithTheRemedy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            refused(
                    Map.of("bactrian.http.port", Integer.toString(taken.getLocalPort())),
                    Integer.toString(taken.getLocalPort()),
                    "bactrian.http.port");
        }
    }

    @Test
    void aWrongKeyOrValueIsNamed() throws Exception {
        refused(Map.of("bactrian.http.prot", "1"), "Unknown key 'bactrian.http.prot'", "'bactrian.http.port'");
        refused(Map.of("bactrian.http.port", "many"), "Key 'bactrian.http.port' is 'many'", "from 0 to 65535");
        refused(Map.of("bactrian.databases.main.url", "jdbc:oracle:thin:@x"), "jdbc:oracle", "main");
        refused(Map.of("bactrian.hooks.allow-cidr", "300.0.0.0/8"), "300.0.0.0/8", "bactrian.hooks.allow-cidr");
        refused(Map.of("bactrian.databases.main.capture.install", "perhaps"), "perhaps", "auto");
        refused(Map.of("bactrian.kafka.brokers", "kafka"), "Key 'bactrian.kafka.brokers' holds 'kafka'", "host:port");
        refused(Map.of("camel.main.nonsense", "1"), "camel.main.nonsense");
    }

    @Test
    void aKeyOfALaterVersionIsRefusedNotIgnored() throws Exception {
        for (String key : List.of(
                "bactrian.http.tls.key", "bactrian.http.public-url", "bactrian.databases.main.capture.max-backlog")) {
            refused(Map.of(key, "x"), "Key '" + key + "'", "not available in this version");
        }
    }

    @Test
    void aDataFolderThatCantBeUsedIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        refused(Map.of("bactrian.store.directory", file.toString()), file.toString());
        refused(Map.of("bactrian.store.directory", file.resolve("below").toString()), file.toString());
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        Files.writeString(damaged.resolve("store.db"), "this is no database, whatever its name says".repeat(100));
        refused(Map.of("bactrian.store.directory", damaged.toString()), "store.db");
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 3, 4: told to end under load, it ends within ten seconds, and goes on where it was")
    void anOrderlyEndUnderLoadLosesNothing() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (SocketReceiver receiver = SocketReceiver.start(0, this::received);
                PlatformProcess platform =
                        platform("platform", Map.of()).route("out.yaml", OUT.formatted(receiver.url()))) {
            platform.start();
            Future<Integer> load = thread.submit(() -> write("platform"));
            for (int i = 0; i < 3; i++) {
                int before = record.distinct();
                Faults.awaiting(platform).until(() -> record.distinct() > before + 200);
                stopsInTime(platform);
                platform.start();
            }
            stop.set(true);
            int written = load.get(60, TimeUnit.SECONDS);
            Faults.awaiting(platform).until(() -> record.distinct() == written);
            assertEquals(List.of(), record.disorders());
            assertEquals(0, record.duplicates(), "nothing comes twice after an orderly end");
            assertEquals(List.of(), Faults.lines(platform.output(), "ERROR"));
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        } finally {
            stop.set(true);
            thread.shutdownNow();
        }
    }

    @Test
    @Tag("full")
    @DisplayName(
            "invariant 4: a receiver that never answers holds up the end for less than ten seconds; nothing is lost")
    void aReceiverThatNeverAnswersDoesntHoldUpTheEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AtomicBoolean answers = new AtomicBoolean();
        SocketReceiver.Listener listener = (id, body) -> {
            asked.countDown();
            return answers.get() ? received(id, body) : hang(over);
        };
        try (SocketReceiver receiver = SocketReceiver.start(0, listener);
                PlatformProcess platform =
                        platform("platform", Map.of()).route("out.yaml", OUT.formatted(receiver.url()));
                Connection user = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("platform.db"))) {
            platform.start();
            for (int k = 1; k <= 20; k++) {
                user.createStatement().execute("INSERT INTO counted VALUES (" + k + ", 1)");
            }
            assertTrue(asked.await(30, TimeUnit.SECONDS), platform.output());
            stopsInTime(platform);
            answers.set(true);
            platform.start();
            Faults.awaiting(platform).until(() -> record.distinct() == 20);
            assertEquals(List.of(), record.disorders());
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        } finally {
            over.countDown();
        }
    }

    private static int hang(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 500;
    }

    private static void stopsInTime(PlatformProcess platform) {
        long begin = System.nanoTime();
        platform.stop();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, took + "\n" + platform.output());
        assertTrue(platform.output().strip().endsWith("Stopped"), platform.output());
    }

    /** Starts a platform that must end by itself. */
    private void refused(Map<String, String> wrong, String... said) throws Exception {
        Path place = Files.createTempDirectory(folder, "refused");
        try (PlatformProcess platform =
                platform(folder.relativize(place).toString(), wrong).launch()) {
            assertEquals(1, platform.awaitEnd(), platform.output());
            String output = platform.output();
            assertAll(
                    wrong + " told as: " + output,
                    () -> List.of(said).forEach(each -> assertTrue(output.contains(each), each)),
                    () -> assertEquals(1, Faults.lines(output, said[0]).size(), "told once"),
                    () -> assertEquals(List.of(), Faults.stackTraces(output)),
                    () -> assertEquals(List.of(), Faults.lines(output, "Exception")));
        }
    }

    private PlatformProcess platform(String name, Map<String, String> more) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve(name + ".db");
        try (Connection user = DriverManager.getConnection(url)) {
            user.createStatement().execute("CREATE TABLE counted (k INTEGER PRIMARY KEY, v INTEGER)");
        }
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.capture.tables", "counted");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        configuration.putAll(more);
        return PlatformProcess.in(folder.resolve(name), configuration);
    }

    private int received(String id, byte[] body) {
        record.received(id, body);
        return 200;
    }

    private int write(String name) throws SQLException {
        int written = 0;
        try (Connection user = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name + ".db"));
                var insert = user.prepareStatement("INSERT INTO counted VALUES (?, 1)")) {
            user.createStatement().execute("PRAGMA busy_timeout = 10000");
            while (!stop.get()) {
                insert.setInt(1, ++written);
                insert.execute();
            }
        }
        return written;
    }
}
