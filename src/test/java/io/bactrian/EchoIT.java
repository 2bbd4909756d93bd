package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 10 on the whole platform: databases kept the same by routes settle at once and stay silent. */
class EchoIT {
    private static final int ROWS = 50;

    @TempDir
    Path folder;

    @Test
    @DisplayName("invariant 10: two databases kept the same both ways settle, and nothing goes round")
    void aPairSettles() throws Exception {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("main", PostgresServer.newDatabase());
        urls.put("other", "jdbc:sqlite:" + folder.resolve("other.db"));
        settles(urls, List.of(List.of("main", "other"), List.of("other", "main")));
    }

    @Test
    @DisplayName("invariant 10: a ring of three settles, and nothing goes round")
    void aRingOfThreeSettles() throws Exception {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("main", PostgresServer.newDatabase());
        urls.put("second", "jdbc:sqlite:" + folder.resolve("second.db"));
        urls.put("third", PostgresServer.newDatabase());
        settles(urls, List.of(List.of("main", "second"), List.of("second", "third"), List.of("third", "main")));
    }

    /** Writes rows in each database in turn; a row that comes last everywhere shows that all before it settled. */
    private void settles(Map<String, String> urls, List<List<String>> pairs) throws Exception {
        Map<String, String> configuration = new LinkedHashMap<>();
        for (Map.Entry<String, String> database : urls.entrySet()) {
            String prefix = "bactrian.databases." + database.getKey();
            execute(database.getValue(), "CREATE TABLE items (id bigint PRIMARY KEY, name text)");
            configuration.put(prefix + ".url", database.getValue());
            if (database.getValue().startsWith("jdbc:postgresql")) {
                configuration.put(prefix + ".username", PostgresServer.USER);
                configuration.put(prefix + ".password", PostgresServer.PASSWORD);
            }
            configuration.put(prefix + ".capture.tables", "items");
            configuration.put(prefix + ".capture.install", "auto");
        }
        PlatformProcess platform = PlatformProcess.in(folder.resolve("platform"), configuration);
        for (List<String> pair : pairs) {
            platform.route(String.join("-to-", pair) + ".yaml", """
                    - route:
                        id: %1$s-to-%2$s
                        from:
                          uri: changes:items?database=%1$s&origin=%2$s&ordering=journal
                          steps:
                            - to: table:items?database=%2$s&origin=%1$s
                    """.formatted(pair.get(0), pair.get(1)));
        }
        try (platform) {
            platform.start();
            int writes = 0;
            for (Map.Entry<String, String> database : urls.entrySet()) {
                for (int i = 0; i < ROWS; i++) {
                    int id = writes % (2 * ROWS);
                    execute(
                            database.getValue(),
                            "INSERT INTO items VALUES (" + id + ", '" + database.getKey() + i
                                    + "') ON CONFLICT (id) DO UPDATE SET name = excluded.name");
                    writes++;
                }
                awaitEqual(urls, platform);
            }
            execute(urls.get("main"), "DELETE FROM items WHERE id = 1");
            writes++;
            awaitEqual(urls, platform);
            awaitPositions(platform, urls, pairs, writes);
        }
    }

    private static void awaitEqual(Map<String, String> urls, PlatformProcess platform) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .alias(platform.output())
                .untilAsserted(() -> {
                    String first = urls.keySet().iterator().next();
                    for (String each : urls.keySet()) {
                        assertEquals(rows(urls.get(first)), rows(urls.get(each)), first + " and " + each);
                    }
                });
    }

    /** Each write is one change in each database's journal: one more would be an echo. */
    private static void awaitPositions(
            PlatformProcess platform, Map<String, String> urls, List<List<String>> pairs, int writes) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Map<String, Long> expected = new TreeMap<>();
            pairs.forEach(pair -> expected.put(String.join("-to-", pair), (long) writes));
            Map<String, Long> positions = new TreeMap<>();
            String answer = platform.call("GET", "/api/subscriptions", null).body();
            for (JsonNode each : new ObjectMapper().readTree(answer)) {
                positions.put(
                        each.path("name").asText(),
                        each.path("position").asLong() + each.path("lag").asLong());
            }
            assertEquals(expected, positions, platform.output());
        });
    }

    private static Map<Long, String> rows(String url) throws SQLException {
        Map<Long, String> rows = new TreeMap<>();
        try (Connection connection = connect(url);
                var result = connection.createStatement().executeQuery("SELECT id, name FROM items")) {
            while (result.next()) {
                rows.put(result.getLong(1), result.getString(2));
            }
        }
        return rows;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = connect(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(String url) throws SQLException {
        if (url.startsWith("jdbc:sqlite")) {
            Connection connection = DriverManager.getConnection(url);
            connection.createStatement().execute("PRAGMA busy_timeout = 10000");
            return connection;
        }
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }
}
