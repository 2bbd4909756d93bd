package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.Faults;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import io.bactrian.testing.SmallDisk;
import io.bactrian.testing.SocketReceiver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No room left in {@code data/}, the user's database being elsewhere. */
class DiskFaultsIT {
    @TempDir
    Path folder;

    private final DeliveryRecord record = new DeliveryRecord();
    private int rows;

    @Test
    @DisplayName("invariants 1, 11, 14: a full disk stops collecting loudly, no user's write, and passes by itself")
    void aFullDiskStopsCollectingAndNothingElse() throws Exception {
        String url = PostgresServer.newDatabase();
        Path data = folder.resolve("platform/data");
        try (Connection user = DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
                SmallDisk disk = SmallDisk.at(data);
                SocketReceiver receiver = SocketReceiver.start(0, this::received);
                PlatformProcess platform = platform(url, receiver)) {
            user.createStatement().execute("CREATE TABLE counted (k bigint PRIMARY KEY, v bigint, padding text)");
            platform.start();
            insert(user, 100);
            Faults.awaiting(platform).until(() -> record.distinct() == rows);

            disk.fill(platform);
            Faults.awaiting(platform).until(() -> {
                insert(user, 20);
                return platform.call("GET", "/health/ready", null).statusCode() == 503;
            });
            String red = Faults.readiness(platform);
            String capture = Faults.json(platform, "/api/capture").toString();
            insert(user, 500);
            assertAll(
                    () -> assertTrue(red.contains("collector main"), red),
                    () -> assertTrue(capture.contains("stalled"), capture),
                    () -> assertTrue(!disk.isReal() || red.contains("the disk is full: free some space"), red),
                    () -> assertEquals(
                            200, platform.call("GET", "/health/live", null).statusCode()),
                    () -> assertEquals(
                            200,
                            platform.call("GET", "/api/tables/counted?limit=1", null)
                                    .statusCode()));

            disk.free(platform);
            Faults.awaiting(platform).until(() -> record.distinct() == rows);
            Faults.awaiting(platform)
                    .until(() -> platform.call("GET", "/health/ready", null).statusCode() == 200);
            Faults.awaiting(platform)
                    .until(() -> Faults.lines(platform.output(), "its place can't be saved")
                                    .size()
                            == Faults.lines(platform.output(), "the store takes writes again")
                                    .size());
            String log = platform.output();
            assertAll(
                    log,
                    () -> assertEquals(
                            1,
                            Faults.lines(log, "Not collecting database 'main'").size()),
                    () -> assertEquals(
                            1,
                            Faults.lines(log, "Collecting database 'main' again")
                                    .size()),
                    () -> assertEquals(List.of(), Faults.stackTraces(log)),
                    () -> assertEquals(List.of(), record.disorders()));
            platform.stop();
            assertTrue(platform.output().strip().endsWith("Stopped"), platform.output());
        }
    }

    private PlatformProcess platform(String url, SocketReceiver receiver) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.username", PostgresServer.USER);
        configuration.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        configuration.put("bactrian.databases.main.capture.tables", "counted");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder.resolve("platform"), configuration)
                .route("out.yaml", """
                - route:
                    id: out
                    from:
                      uri: changes:counted
                      steps:
                        - to: hook:%s?secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                """.formatted(receiver.url()));
    }

    private int received(String id, byte[] body) {
        record.received(id, body);
        return 200;
    }

    private void insert(Connection user, int count) throws SQLException {
        try (var insert = user.prepareStatement("INSERT INTO counted VALUES (?, 1, ?)")) {
            for (int i = 0; i < count; i++) {
                insert.setInt(1, ++rows);
                insert.setString(2, "x".repeat(4000));
                insert.execute();
            }
        }
    }
}
