package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.SocketReceiver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 6 on the whole platform: three routes read the same table; one endpoint is down, one never answers. */
class IsolationIT {
    private static final int ROWS = 2000;

    @TempDir
    Path folder;

    private final DeliveryRecord record = new DeliveryRecord();
    private final CountDownLatch testOver = new CountDownLatch(1);

    @Test
    @DisplayName("invariant 6: an endpoint that is down and one that never answers delay no third")
    void aThirdSubscriptionFinishesWhileTwoHang() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("user.db");
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.createStatement().execute("CREATE TABLE counted (k INTEGER PRIMARY KEY, v INTEGER NOT NULL)");
            try (SocketReceiver healthy = SocketReceiver.start(0, this::received);
                    SocketReceiver hanging = SocketReceiver.start(0, this::hang);
                    PlatformProcess platform = platform(url, healthy, hanging).start()) {
                connection.setAutoCommit(false);
                for (int k = 1; k <= ROWS; k++) {
                    connection.createStatement().execute("INSERT INTO counted VALUES (" + k + ", 1)");
                }
                connection.commit();
                connection.setAutoCommit(true);
                Awaitility.await()
                        .alias("the healthy one finishes")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> record.distinct() == ROWS);
                assertEquals(List.of(), record.disorders());
                String subscriptions =
                        platform.call("GET", "/api/subscriptions", null).body();
                assertTrue(subscriptions.contains("\"to-down\""), subscriptions);
                assertTrue(platform.call("GET", "/health/live", null).statusCode() == 200, platform.output());
                testOver.countDown();
            }
        }
    }

    private PlatformProcess platform(String url, SocketReceiver healthy, SocketReceiver hanging) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.capture.tables", "counted");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        String route = """
                - route:
                    id: to-%s
                    from:
                      uri: changes:counted
                      steps:
                        - to: hook:%s?secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                """;
        return PlatformProcess.in(folder.resolve("platform"), configuration)
                .route("down.yaml", route.formatted("down", "http://127.0.0.1:" + FreePorts.next() + "/"))
                .route("hanging.yaml", route.formatted("hanging", hanging.url()))
                .route("healthy.yaml", route.formatted("healthy", healthy.url()));
    }

    private int received(String id, byte[] body) {
        record.received(id, body);
        return 200;
    }

    private int hang(String id, byte[] body) {
        try {
            testOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 500;
    }
}
