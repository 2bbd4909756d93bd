package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 9 on the whole platform: what a route inserts into another table is inserted again where an operator
 * replays, and not where the platform is killed.
 */
class ReplayIT {
    private static final int ROWS = 20;

    @TempDir
    Path folder;

    private String url = "";

    @Test
    @Tag("full")
    @DisplayName("invariant 9: a replay and a retried dead letter apply again, once, and a kill applies nothing again")
    void aReplayAppliesAgainAndAKillDoesNot() throws Exception {
        url = "jdbc:sqlite:" + folder.resolve("user.db");
        execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)");
        execute("CREATE TABLE told (n INTEGER PRIMARY KEY, id INTEGER NOT NULL, item TEXT NOT NULL)");
        try (PlatformProcess platform = platform().start()) {
            insertOrders();
            awaitTold(ROWS);

            // The position is saved within a second: killed before that, all of it comes again.
            platform.kill();
            platform.start();
            execute("INSERT INTO orders VALUES (1000, 'after the kill')");
            awaitTold(ROWS + 1);

            assertEquals(200, replay(platform, 0));
            awaitTold(2 * (ROWS + 1));

            // Killed in the middle of a replay: what it applied is not applied a third time.
            assertEquals(200, replay(platform, 0));
            platform.kill();
            platform.start();
            execute("INSERT INTO orders VALUES (1001, 'after the second kill')");
            awaitTold(3 * (ROWS + 1) + 1);
            awaitSettled(platform);
            assertEquals(
                    0,
                    count("SELECT count(*) FROM (SELECT id FROM told WHERE id <= 1000 GROUP BY id"
                            + " HAVING count(*) <> 3)"));
        }
    }

    @Test
    @DisplayName("invariant 9: a dead letter's retry runs the steps again that were applied before the failing one")
    void aRetriedDeadLetterAppliesAgain() throws Exception {
        url = "jdbc:sqlite:" + folder.resolve("user.db");
        execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)");
        execute("CREATE TABLE told (n INTEGER PRIMARY KEY, id INTEGER NOT NULL, item TEXT NOT NULL)");
        try (PlatformProcess platform = platform().start()) {
            execute("INSERT INTO orders VALUES (1, 'bad')");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> platform.call("GET", "/api/dead-letters", null)
                            .body()
                            .contains("\"position\""));
            assertEquals(1, count("SELECT count(*) FROM told"));
            String letters = platform.call("GET", "/api/dead-letters", null).body();
            String id = letters.replaceAll("(?s).*?\"id\":(\\d+).*", "$1");
            int status = platform.call("POST", "/api/dead-letters/" + id + "/retry", null)
                    .statusCode();
            assertEquals(2, status / 100, letters);
            awaitTold(2);
        }
    }

    private PlatformProcess platform() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.capture.tables", "orders");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder.resolve("platform"), configuration).route("tell.yaml", """
                - route:
                    id: tell
                    from:
                      uri: changes:orders
                      parameters:
                        from: earliest
                        retryQuick: 1
                        retryMax: 0
                      steps:
                        - to: table:told?operation=insert
                        - filter:
                            simple: "${body[item]} == 'bad'"
                            steps:
                              - throwException:
                                  exceptionType: java.lang.IllegalStateException
                                  message: bad
                """);
    }

    private int replay(PlatformProcess platform, long position) throws Exception {
        return platform.call("POST", "/api/subscriptions/tell/replay", "{\"position\":" + position + "}")
                .statusCode();
    }

    private void awaitTold(int rows) {
        Awaitility.await()
                .alias(rows + " rows told")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertEquals(rows, count("SELECT count(*) FROM told")));
    }

    private static void awaitSettled(PlatformProcess platform) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> platform.call("GET", "/api/subscriptions/tell", null)
                        .body()
                        .contains("\"lag\":0"));
    }

    private void insertOrders() throws SQLException {
        for (int id = 1; id <= ROWS; id++) {
            execute("INSERT INTO orders VALUES (" + id + ", 'item " + id + "')");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int count(String sql) throws SQLException {
        try (Connection connection = connect();
                var result = connection.createStatement().executeQuery(sql)) {
            return result.getInt(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url + "?busy_timeout=10000");
    }
}
