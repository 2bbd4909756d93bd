package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database's own code emits reaches a hook and a table, and nobody who listens for rows. */
class EventsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    Path folder;

    @Test
    void anEventReachesAHookAndATable() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("user.db");
        try (HookReceiver receiver = HookReceiver.start(SECRET);
                Connection user = DriverManager.getConnection(url);
                Statement sql = user.createStatement();
                PlatformProcess platform = platform(url, receiver)) {
            sql.execute("PRAGMA busy_timeout = 20000");
            sql.execute("CREATE TABLE stock (article INTEGER PRIMARY KEY, quantity INTEGER)");
            sql.execute("CREATE TABLE wanted (article INTEGER PRIMARY KEY, quantity INTEGER)");
            sql.execute("INSERT INTO stock VALUES (7, 10)");
            platform.start();
            sql.execute("""
                CREATE TRIGGER low AFTER UPDATE ON stock WHEN NEW.quantity < 5 BEGIN
                    INSERT INTO bactrian_emit (name, payload)
                    VALUES ('low-stock', json_object('article', NEW.article, 'quantity', 20));
                END""");
            sql.execute("UPDATE stock SET quantity = 9 WHERE article = 7");
            sql.execute("UPDATE stock SET quantity = 3 WHERE article = 7");

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> number(sql, "SELECT quantity FROM wanted") == 20);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> receiver.calls().size() == 3);
            // Two updates of rows, and the event.
            HookReceiver.Call event = receiver.calls().stream()
                    .filter(call -> call.body().contains("low-stock"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(event.verified());
            JsonNode told = JSON.readTree(event.body());
            assertEquals("event.emitted", told.path("type").asText());
            assertEquals("/databases/main/events/low-stock", told.path("source").asText());
            assertEquals(7, told.path("data").path("after").path("article").asInt());
            assertEquals(
                    2,
                    receiver.calls().stream()
                            .filter(call -> call.body().contains("row.updated"))
                            .count());
        }
    }

    private PlatformProcess platform(String url, HookReceiver receiver) {
        return PlatformProcess.in(
                        folder.resolve("platform"),
                        Map.of(
                                "bactrian.databases.main.url",
                                url,
                                "bactrian.databases.main.capture.tables",
                                "stock",
                                "bactrian.databases.main.capture.install",
                                "auto",
                                "receiver",
                                receiver.url("/"),
                                "secret",
                                SECRET))
                .route("events.yaml", """
                        - route:
                            id: events-out
                            from:
                              uri: events:low-stock
                              steps:
                                - to: hook:{{receiver}}?secret={{secret}}
                                - to: table:wanted
                        - route:
                            id: rows-out
                            from:
                              uri: changes:*
                              steps:
                                - to: hook:{{receiver}}?secret={{secret}}
                        """);
    }

    private static long number(Statement statement, String sql) throws Exception {
        try (var row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : -1;
        }
    }
}
