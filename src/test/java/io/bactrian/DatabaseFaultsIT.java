package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.testing.Faults;
import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that aren't there, and databases that belong to another. */
class DatabaseFaultsIT {
    /** Asks for its table when it starts. */
    private static final String ONCE = """
            - beans:
                - name: seen
                  type: org.apache.camel.processor.idempotent.jdbc.JdbcMessageIdRepository
                  constructors:
                    "0": "#bean:second"
                    "1": once
            - route:
                id: once
                from:
                  uri: hook:once?verify=none
                  steps:
                    - idempotentConsumer:
                        idempotentRepository: seen
                        simple: "${header.BactrianId}"
                        steps:
                          - log: "once"
            """;

    @TempDir
    Path folder;

    private final int port = FreePorts.next();
    private int rows;

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 6, 12: a database that is down at start, and later, stops nothing else and comes back")
    void aDatabaseThatIsDownComesBackByItself() throws Exception {
        String main = "jdbc:sqlite:" + folder.resolve("main.db");
        String second = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
        try (EmbeddedPostgres prepared = server()) {
            execute(second, "CREATE TABLE things (id bigint PRIMARY KEY)");
            execute(second, "CREATE TABLE copies (id bigint PRIMARY KEY)");
            execute(
                    second,
                    "CREATE TABLE camel_messageprocessed (processorName varchar(255), messageId varchar(100),"
                            + " createdAt timestamp, PRIMARY KEY (processorName, messageId))");
        }
        execute(main, "CREATE TABLE items (id INTEGER PRIMARY KEY)");
        try (PlatformProcess platform = withTwo(main, second).launch()) {
            Faults.awaiting(platform).until(() -> platform.output().contains("Ready in"));
            mainWorks(platform, main);
            redFor(platform, "second");
            String routes = Faults.json(platform, "/api/routes").toString();
            assertTrue(routes.contains("can't start now: Connection refused"), routes);
            execute(main, "INSERT INTO items VALUES (1000)");

            try (EmbeddedPostgres server = server()) {
                Faults.awaiting(platform).until(() -> Faults.readiness(platform).startsWith("200"));
                Faults.awaiting(platform).until(() -> count(second, "copies WHERE id = 1000") == 1);
                secondWorks(platform, second);
                Faults.awaiting(platform).until(() -> platform.output().contains("once.yaml loaded: once"));
                assertEquals(
                        201,
                        platform.call("POST", "/api/databases/second/tables/things", "{\"id\":7000}")
                                .statusCode());
            }
            redFor(platform, "second");
            mainWorks(platform, main);
            execute(main, "INSERT INTO items VALUES (2000)");
            try (EmbeddedPostgres server = server()) {
                Faults.awaiting(platform).until(() -> Faults.readiness(platform).startsWith("200"));
                Faults.awaiting(platform).until(() -> count(second, "copies WHERE id = 2000") == 1);
                secondWorks(platform, second);
                platform.stop();
            }
            String log = platform.output();
            assertAll(
                    log,
                    () -> assertTrue(Faults.lines(log, "Not collecting database 'second'")
                                    .size()
                            <= 3),
                    () -> assertEquals(
                            2,
                            Faults.lines(log, "Collecting database 'second' again")
                                    .size()),
                    () -> assertEquals(
                            0,
                            Faults.lines(log, "Not collecting database 'main'").size()),
                    () -> assertEquals(List.of(), Faults.stackTraces(log)));
        }
    }

    @Test
    @DisplayName("invariant 15: a second platform on the same database is refused until it takes over")
    void aSecondPlatformOnTheSameDatabaseIsRefused() throws Exception {
        String url = PostgresServer.newDatabase();
        execute(url, "CREATE TABLE things (id bigint PRIMARY KEY)");
        try (PlatformProcess first = withOne("first", url).start();
                PlatformProcess second = withOne("second", url).launch()) {
            Faults.awaiting(second).until(() -> second.output().contains("Ready in"));
            Faults.awaiting(second).until(() -> Faults.readiness(second).contains("capture takeover"));
            assertTrue(Faults.readiness(second).startsWith("503"), Faults.readiness(second));
            assertEquals(
                    1,
                    Faults.lines(second.output(), "./bactrian capture takeover --database main")
                            .size());
            secondWorks(first, url);
            assertFalse(second.output().contains("things saw"));

            String told = second.command(0, "capture", "takeover", "--database", "main");
            assertTrue(told.contains("now belongs to store"), told);
            Faults.awaiting(second).until(() -> Faults.readiness(second).startsWith("200"));
            Faults.awaiting(first).until(() -> Faults.readiness(first).startsWith("503"));
            secondWorks(second, url);
            assertAll(
                    first.output() + second.output(),
                    () -> assertEquals(List.of(), Faults.stackTraces(first.output())),
                    () -> assertEquals(List.of(), Faults.stackTraces(second.output())));
        }
    }

    private PlatformProcess withTwo(String main, String second) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", main);
        configuration.put("bactrian.databases.main.capture.tables", "items");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        postgres(configuration, "second", second);
        return PlatformProcess.in(folder.resolve("platform"), configuration)
                .route("main.yaml", route("main", "changes:items", "log: \"items saw ${header.BactrianKey}\""))
                .route(
                        "copies.yaml",
                        route(
                                "copies",
                                "changes:items?retryDelay=200ms&retryMaxDelay=1s&retryMax=1000",
                                "to: table:copies?database=second"))
                .route("once.yaml", ONCE)
                .route("second.yaml", route("second", "changes:things?database=second", thingsSeen()));
    }

    private PlatformProcess withOne(String name, String url) {
        Map<String, String> configuration = new LinkedHashMap<>();
        postgres(configuration, "main", url);
        return PlatformProcess.in(folder.resolve(name), configuration)
                .route("main.yaml", route("main", "changes:things", thingsSeen()));
    }

    private static String thingsSeen() {
        return "log: \"things saw ${header.BactrianKey}\"";
    }

    private static String route(String id, String from, String step) {
        return """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                        - %s
                """.formatted(id, from, step);
    }

    private static void postgres(Map<String, String> configuration, String name, String url) {
        String prefix = "bactrian.databases." + name;
        configuration.put(prefix + ".url", url);
        configuration.put(prefix + ".username", PostgresServer.USER);
        configuration.put(prefix + ".password", PostgresServer.PASSWORD);
        configuration.put(prefix + ".capture.tables", "things");
        configuration.put(prefix + ".capture.install", "auto");
    }

    private void mainWorks(PlatformProcess platform, String url) throws Exception {
        int id = ++rows;
        execute(url, "INSERT INTO items VALUES (" + id + ")");
        Faults.awaiting(platform).until(() -> platform.output().contains("items saw {\"id\":" + id + "}"));
    }

    private void secondWorks(PlatformProcess platform, String url) throws Exception {
        int id = ++rows;
        execute(url, "INSERT INTO things VALUES (" + id + ")");
        Faults.awaiting(platform).until(() -> platform.output().contains("things saw {\"id\":" + id + "}"));
    }

    /** Named to who has a key, and to nobody else. */
    private static void redFor(PlatformProcess platform, String database) throws Exception {
        Faults.awaiting(platform).until(() -> {
            String readiness = Faults.readiness(platform);
            return readiness.startsWith("503")
                    && readiness.contains("\"name\":\"database " + database + "\",\"ok\":false")
                    && readiness.contains("\"name\":\"collector " + database + "\",\"ok\":false")
                    && readiness.contains("\"name\":\"database main\",\"ok\":true");
        });
        HttpRequest open = HttpRequest.newBuilder(URI.create(platform.url("/health/ready")))
                .build();
        var answer = HttpClient.newHttpClient().send(open, BodyHandlers.ofString());
        assertEquals(503, answer.statusCode());
        assertFalse(answer.body().contains(database), answer.body());
        JsonNode databases = Faults.json(platform, "/api/databases");
        Faults.awaiting(platform)
                .until(() -> Faults.json(platform, "/api/databases").toString().contains("unreachable"));
        assertEquals(2, databases.size());
    }

    private EmbeddedPostgres server() throws Exception {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(folder.resolve("postgresql"))
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    private static int count(String url, String of) throws SQLException {
        try (Connection connection = connect(url);
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM " + of)) {
            result.next();
            return result.getInt(1);
        }
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
