package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.testing.Faults;
import io.bactrian.testing.PlatformProcess;
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

/** Route files that are wrong, and routes that fail, on the whole platform. */
class RouteFaultsIT {
    private static final String ITEMS = """
            - route:
                id: items
                from:
                  uri: changes:items
                  steps:
                    - log: "version 1 saw ${header.BactrianKey}"
            """;
    private static final String OTHER = """
            - route:
                id: other
                from:
                  uri: changes:items
                  steps:
                    - log: "other saw ${header.BactrianKey}"
            """;

    @TempDir
    Path folder;

    private int rows;

    /** What is saved over {@link #ITEMS}, the line at fault, and what the cause must say. */
    private record Broken(String text, int line, String cause) {
        static Broken route(String id, String from, String step, int line, String cause) {
            return new Broken("""
                    - route:
                    %s    from:
                          uri: %s
                          steps:
                            - to: %s
                    """.formatted(id.isEmpty() ? "" : "    id: " + id + "\n", from, step), line, cause);
        }

        static Broken from(String uri, String cause) {
            return route("items", uri, "log:x", 4, cause);
        }
    }

    private static final List<Broken> BROKEN = List.of(
            new Broken(ITEMS.replace("    from:", "  from: ["), 3, ""),
            Broken.route("items", "changes:items", "nonsense:here", 6, "unknown component 'nonsense'"),
            Broken.route("items", "changes:items", "log:x?colour=red", 6, "unknown option 'colour'"),
            Broken.from("changes:items?lane=3", "unknown option 'lane'"),
            Broken.from("changes:items?lanes=none", "lanes"),
            Broken.route("", "changes:items", "log:x", 3, "needs an explicit route id"),
            Broken.route("other", "changes:items", "log:x", 1, "other.yaml"),
            // What the contract has for later is refused, never ignored.
            Broken.from("changes:items?filter=status%3Deq.paid", "later version"),
            Broken.from("changes:items?snapshot=initial", "later version"),
            Broken.from("hook:items?verify=stripe&secret=s", "later version"),
            Broken.from(
                    "hook:items?respond=accepted&secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "later"),
            Broken.from("live:reordered", "later version"));

    @Test
    @DisplayName("invariant 16: a file that doesn't load leaves the old version running; line and cause are told once")
    void aBrokenFileLeavesTheOldVersionRunning() throws Exception {
        try (Connection user = user();
                PlatformProcess platform = platform().route("items.yaml", ITEMS).route("other.yaml", OTHER)) {
            platform.start();
            sees(platform, user, "version 1 saw");
            for (Broken broken : BROKEN) {
                platform.route("items.yaml", broken.text());
                Faults.awaiting(platform)
                        .until(
                                () -> status(platform, "items.yaml")
                                        .path("state")
                                        .asText(),
                                "old-version-running"::equals);
                JsonNode error = status(platform, "items.yaml").path("error");
                assertAll(
                        broken.text(),
                        () -> assertEquals(broken.line(), error.path("line").asInt(), error::toString),
                        () -> assertTrue(error.toString().contains(broken.cause()), error::toString),
                        () -> assertEquals(
                                1,
                                Faults.lines(
                                                platform.output(),
                                                "items.yaml:" + broken.line() + " not loaded: "
                                                        + error.path("message").asText())
                                        .size(),
                                platform::output));
                sees(platform, user, "version 1 saw");
                sees(platform, user, "other saw");
                platform.route("items.yaml", ITEMS);
                Faults.awaiting(platform)
                        .until(
                                () -> status(platform, "items.yaml")
                                        .path("state")
                                        .asText(),
                                "loaded"::equals);
            }
            platform.route("items.yaml", ITEMS.replace("version 1", "version 2"));
            Faults.awaiting(platform).until(() -> {
                insert(user, "more");
                return platform.output().contains("version 2 saw");
            });
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        }
    }

    @Test
    @DisplayName("invariant 16: at start, broken files keep none of the others from starting")
    void atStartTheOthersStart() throws Exception {
        PlatformProcess platform = platform().route("a-good.yaml", ITEMS);
        for (int i = 0; i < BROKEN.size(); i++) {
            String text = BROKEN.get(i).text().replace("id: items", "id: broken-" + i);
            platform.route("broken-" + i + ".yaml", text.replace("id: other", "id: items"));
        }
        platform.route("broken.xml", "<routes>\n  <route id='x'>\n    <from uri='direct:x'/>\n  </rout>\n</routes>\n");
        platform.route("Broken.java", """
                import org.apache.camel.builder.RouteBuilder;
                public class Broken extends RouteBuilder {
                    public void configure() {
                        from("direct:y").nonsense();
                    }
                }
                """);
        try (Connection user = user();
                platform) {
            platform.start();
            sees(platform, user, "version 1 saw");
            for (String file : List.of("broken.xml:4", "Broken.java:4", "broken-1.yaml:6", "broken-5.yaml:3")) {
                assertEquals(
                        1,
                        Faults.lines(platform.output(), file + " not loaded: ").size(),
                        () -> file + "\n" + platform.output());
            }
            JsonNode all = Faults.json(platform, "/api/routes");
            for (JsonNode each : all) {
                boolean good = each.path("file").asText().endsWith("a-good.yaml");
                assertEquals(good ? "loaded" : "broken", each.path("state").asText(), each::toString);
            }
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        }
    }

    @Test
    @DisplayName(
            "invariant 7: a route that throws: tried, parked, a dead letter with all there is to know; others go on")
    void aChangeThatFailsBecomesADeadLetter() throws Exception {
        String route = """
                - route:
                    id: picky
                    from:
                      uri: changes:items
                      parameters:
                        retryQuick: 2
                        retryDelay: 100ms
                        retryJitter: 0
                        retryMax: 2
                      steps:
                        - choice:
                            when:
                              - simple: "${body[name]} == 'bad'"
                                steps:
                                  - throwException:
                                      exceptionType: java.lang.IllegalStateException
                                      message: no bad ones
                        - log: "picky saw ${header.BactrianKey}"
                """;
        try (Connection user = user();
                PlatformProcess platform = platform().route("picky.yaml", route).start()) {
            insert(user, "bad");
            insert(user, "bad");
            sees(platform, user, "picky saw");
            Faults.awaiting(platform)
                    .until(() -> Faults.json(platform, "/api/dead-letters").size() == 2);
            JsonNode letters = Faults.json(platform, "/api/dead-letters");
            JsonNode letter = Faults.json(
                    platform, "/api/dead-letters/" + letters.get(1).path("id").asText());
            assertAll(
                    () -> assertEquals("picky", letter.path("subscription").asText()),
                    () -> assertTrue(letter.path("error").asText().contains("no bad ones")),
                    () -> assertTrue(letter.path("attempts").asInt() >= 4, letter::toString),
                    () -> assertTrue(letter.toString().contains("\"name\":\"bad\""), letter::toString));

            platform.route("picky.yaml", route.replace("'bad'", "'good'"));
            Faults.awaiting(platform).until(() -> platform.output().split("picky.yaml loaded", -1).length == 3);
            long id = letter.path("id").asLong();
            assertEquals(
                    202,
                    platform.call("POST", "/api/dead-letters/" + id + "/retry", null)
                            .statusCode());
            Faults.awaiting(platform).until(() -> platform.output().contains("picky saw " + key(letter)));
            long second = letters.get(0).path("id").asLong();
            assertEquals(
                    204,
                    platform.call("POST", "/api/dead-letters/" + second + "/discard", null)
                            .statusCode());
            Faults.awaiting(platform)
                    .until(() -> Faults.json(platform, "/api/dead-letters").isEmpty());
            assertEquals(
                    404,
                    platform.call("POST", "/api/dead-letters/" + second + "/retry", null)
                            .statusCode());
            assertFalse(platform.output().contains("picky saw " + key(letters.get(0))));
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        }
    }

    private static String key(JsonNode letter) {
        return "{\"id\":"
                + letter.path("change").path("data").path("key").path("id").asText() + "}";
    }

    private PlatformProcess platform() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url());
        configuration.put("bactrian.databases.main.capture.tables", "items");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder.resolve("platform"), configuration);
    }

    private static JsonNode status(PlatformProcess platform, String file) throws Exception {
        for (JsonNode each : Faults.json(platform, "/api/routes")) {
            if (each.path("file").asText().endsWith(file)) {
                return each;
            }
        }
        throw new AssertionError("no " + file);
    }

    private void sees(PlatformProcess platform, Connection user, String who) throws SQLException {
        int id = insert(user, "plain");
        Faults.awaiting(platform).until(() -> platform.output().contains(who + " {\"id\":" + id + "}"));
    }

    private int insert(Connection user, String name) throws SQLException {
        int id = ++rows;
        try (var statement = user.createStatement()) {
            statement.execute("INSERT INTO items VALUES (" + id + ", '" + name + "')");
        }
        return id;
    }

    private Connection user() throws SQLException {
        Connection connection = DriverManager.getConnection(url());
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
        }
        return connection;
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("user.db");
    }
}
