package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.HostileCalls;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import io.bactrian.testing.RawCall;
import io.bactrian.testing.RawCall.Answered;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The running platform under requests that are wrong in every way we know: refused each, and told why. */
class HostileHttpIT {
    private static final String HIDDEN = "only-for-those-with-a-key";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private String postgres = "";
    private String sqlite = "";

    @Test
    @DisplayName("invariant 17: hostile requests get no data without a key, never a 500, and a problem that says why")
    void hostileRequestsAreRefusedAndToldWhy() throws Exception {
        postgres = PostgresServer.newDatabase();
        sqlite = "jdbc:sqlite:" + folder.resolve("lite.db");
        create();
        try (PlatformProcess platform = platform().start()) {
            List<String> faults = new ArrayList<>();
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (RawCall call : HostileCalls.all()) {
                Answered answered = call.send(platform.port());
                statuses.merge(answered.status(), 1, Integer::sum);
                String fault = fault(call, answered);
                if (fault != null) {
                    faults.add(fault + ": " + call + "\n    → "
                            + answered.head().replace("\r\n", "⏎") + " "
                            + answered.body()
                                    .substring(0, Math.min(300, answered.body().length())));
                }
            }
            assertTrue(
                    faults.isEmpty(),
                    () -> faults.size() + " faults:\n"
                            + faults.stream().limit(60).collect(Collectors.joining("\n")) + "\n"
                            + platform.output());
            assertTrue(
                    statuses.getOrDefault(400, 0) > 500 && statuses.getOrDefault(401, 0) > 500,
                    () -> "these were hostile: answers by status " + statuses);
            assertEquals(200, platform.call("GET", "/health/ready", null).statusCode(), platform.output());
            assertTrue(
                    platform.output()
                            .lines()
                            .noneMatch(line -> line.contains(" ERROR ") || line.contains("HttpParser")),
                    platform::output);
        }
        for (String url : List.of(postgres, sqlite)) {
            assertEquals(1, count(url, "SELECT count(*) FROM secrets"));
            assertEquals(1, count(url, "SELECT count(*) FROM things WHERE id = 1 AND item = '" + HIDDEN + "'"));
            assertEquals(0, count(url, "SELECT count(*) FROM things WHERE id = 666"));
        }
    }

    /** Its files are open: they hold no data, and ask for a key themselves. */
    private static boolean isConsole(Answered answered) {
        return answered.head().contains("require-trusted-types-for 'script'");
    }

    private static @Nullable String fault(RawCall call, Answered answered) throws IOException {
        int status = answered.status();
        if (status >= 500 && status != 501 && status != 505) {
            return "a fault of ours";
        }
        if (!call.keyed() && (answered.body() + answered.head()).contains(HIDDEN)) {
            return "data without a key";
        }
        if (!call.keyed() && status / 100 == 2 && !isConsole(answered)) {
            return "an answer without a key";
        }
        if (answered.head().contains("\nX-Injected")) {
            return "an injected header";
        }
        if (answered.body().contains("top-secret")) {
            return "a table that isn't captured";
        }
        if (status == 0) {
            // Where it isn't HTTP at all there is nothing to answer to.
            return call.text().contains(" HTTP/1.1\r\n") ? "no answer" : null;
        }
        return status >= 400 && !isProblem(call, answered) ? "no problem+json" : null;
    }

    private static boolean isProblem(RawCall call, Answered answered) throws IOException {
        if (!answered.isProblem()) {
            return false;
        }
        if (call.method().equals("HEAD")) {
            return true;
        }
        JsonNode problem = JSON.readTree(answered.body());
        return problem.path("status").asInt() == answered.status()
                && !problem.path("detail").asText().isBlank();
    }

    private void create() throws SQLException {
        execute(postgres, """
                CREATE TABLE things (id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 1000) PRIMARY KEY, item text, price numeric(12,2), paid boolean,
                    at timestamptz, day date, tag uuid, raw bytea, ratio double precision, doc jsonb, list int[])""");
        execute(sqlite, """
                CREATE TABLE things (id INTEGER PRIMARY KEY, item TEXT, price NUMERIC, paid BOOLEAN, at TIMESTAMP, day DATE,
                    tag TEXT, raw BLOB, ratio REAL, doc TEXT, list TEXT)""");
        for (String url : List.of(postgres, sqlite)) {
            execute(url, "CREATE TABLE secrets (word varchar(100) PRIMARY KEY)");
            execute(url, "INSERT INTO secrets VALUES ('top-secret')");
            execute(url, "INSERT INTO things (id, item) VALUES (1, '" + HIDDEN + "')");
        }
    }

    private PlatformProcess platform() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", postgres);
        configuration.put("bactrian.databases.main.username", PostgresServer.USER);
        configuration.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        configuration.put("bactrian.databases.main.capture.tables", "things");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        configuration.put("bactrian.databases.lite.url", sqlite);
        configuration.put("bactrian.databases.lite.capture.tables", "things");
        configuration.put("bactrian.databases.lite.capture.install", "auto");
        PlatformProcess platform = PlatformProcess.in(folder.resolve("platform"), configuration);
        return platform.route("all.yaml", """
                - route:
                    id: out
                    from:
                      uri: changes:things
                      steps:
                        - log:
                            message: told
                            loggingLevel: DEBUG
                - route:
                    id: in
                    from:
                      uri: hook:in
                      parameters:
                        secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                      steps:
                        - to: table:things?operation=insert
                - route:
                    id: open
                    from:
                      uri: hook:open
                      parameters:
                        verify: none
                      steps:
                        - log:
                            message: called
                            loggingLevel: DEBUG
                - route:
                    id: own
                    from:
                      uri: jetty:http://127.0.0.1:%d/own
                      steps:
                        - setBody:
                            constant: only-for-those-with-a-key
                """.formatted(platform.port()));
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = connect(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(String url, String sql) throws SQLException {
        try (Connection connection = connect(url);
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getInt(1);
        }
    }

    private static Connection connect(String url) throws SQLException {
        return url.startsWith("jdbc:sqlite:")
                ? DriverManager.getConnection(url + "?busy_timeout=10000")
                : DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }
}
