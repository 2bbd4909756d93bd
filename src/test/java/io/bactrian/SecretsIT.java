package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import io.bactrian.testing.RawCall;
import io.bactrian.testing.RawReceiver;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 17: secrets are nowhere in clear but where they are used. The platform is given known ones and made to fail
 * in every way that might tell them: databases that can't be reached, hooks that fail, route files that are wrong.
 */
class SecretsIT {
    private static final String PASSWORD = "Pa55-of-the-shop-db";
    private static final String URL_PASSWORD = "Pa55-in-the-url";
    private static final String SIGNING = "c2lnbmluZy1zZWNyZXQtbm9ib2R5LXNlZXM=";
    private static final String TOKEN = "t0ken-of-the-header";
    private static final String PLACED = "t0ken-of-the-placeholder";
    private static final String OPTION = "0ption-with-a-secret";
    private static final String WEAK = "whsec_weak";
    private static final Map<String, String> SECRETS = Map.of(
            "the database's password", PASSWORD,
            "the password in the url", URL_PASSWORD,
            "the hook's secret", SIGNING,
            "the header's token", TOKEN,
            "the property's token", PLACED,
            "the endpoint's option", OPTION,
            "the weak secret", WEAK,
            "the admin key", PlatformProcess.KEY);

    private static final List<String> PATHS = List.of(
            "/api/databases",
            "/api/capture",
            "/api/routes",
            "/api/subscriptions",
            "/api/subscriptions/failing",
            "/api/subscriptions/echoed",
            "/api/subscriptions/option",
            "/api/dead-letters",
            "/api/dead-letters/1",
            "/api/dead-letters/2",
            "/api/dead-letters/3",
            "/api/changes",
            "/api/changes/1",
            "/api/tables/orders/1/history",
            "/api/keys",
            "/api/tables",
            "/api/databases/shop/tables/orders",
            "/api/databases/away/tables/orders",
            "/health/live",
            "/health/ready",
            "/metrics",
            "/own",
            "/nowhere");

    @TempDir
    Path folder;

    private String sqlite = "";

    @Test
    @Tag("full")
    @DisplayName("invariant 17: no secret is in the logs, the API's answers, the metrics or an error, whatever fails")
    void noSecretIsToldWhateverFails() throws Exception {
        sqlite = "jdbc:sqlite:" + folder.resolve("user.db");
        execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)");
        try (RawReceiver echoing = new RawReceiver(SecretsIT::repeat);
                PlatformProcess platform = platform(echoing)) {
            wrongFiles(platform);
            platform.launch();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> platform.output().contains("Ready in"));
            execute("INSERT INTO orders VALUES (1, 'a')");
            Awaitility.await()
                    .alias("the routes fail")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertEquals(
                            3,
                            platform.call("GET", "/api/dead-letters", null)
                                            .body()
                                            .split("\"subscription\"", -1)
                                            .length
                                    - 1,
                            platform.output()));
            Map<String, String> told = new LinkedHashMap<>();
            String made =
                    platform.call("POST", "/api/keys", "{\"party\":\"crm\"}").body();
            String key = made.replaceAll("(?s).*\"key\"\\s*:\\s*\"([^\"]+)\".*", "$1");
            assertTrue(key.length() > 20, made);
            for (String path : PATHS) {
                told.put("GET " + path, platform.call("GET", path, null).body());
                told.put(
                        "GET " + path + " without a key",
                        RawCall.of("GET", path, "", "", "")
                                .send(platform.port())
                                .body());
                told.put(
                        "GET " + path + " with a wrong key",
                        RawCall.of("GET", path, "Bearer " + key + "x", "", "")
                                .send(platform.port())
                                .toString());
            }
            // Known only when a connection attempt has timed out, which the start doesn't wait for.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertTrue(
                            platform.call("GET", "/api/databases", null).body().contains("unreachable")));
            told.put(
                    "GET /api/databases",
                    platform.call("GET", "/api/databases", null).body());
            told.put("POST /hooks/in", platform.call("POST", "/hooks/in", "{}").body());
            for (String path : List.of("/api/routes", "/api/databases")) {
                told.put(
                        "by another's key " + path,
                        RawCall.of("GET", path, "Bearer " + key, "", "")
                                .send(platform.port())
                                .body());
            }
            // What is asserted must be there: the errors, and the routes that were refused.
            assertTrue(
                    told.get("GET /api/routes").contains("BROKEN")
                            || told.get("GET /api/routes").contains("broken"),
                    told.get("GET /api/routes"));
            assertTrue(told.get("GET /api/databases").contains("unreachable"), told.get("GET /api/databases"));
            assertTrue(
                    told.get("GET /api/dead-letters").contains("answered 400: POST /x?…"),
                    told.get("GET /api/dead-letters"));
            platform.stop();
            told.put("the log", platform.output());
            List<String> leaks = leaks(told);
            told.forEach((where, text) -> {
                if (text.contains(key)) {
                    leaks.add("the made key in " + where + ": " + around(text, key));
                }
            });
            assertTrue(leaks.isEmpty(), () -> leaks.size() + " leaks:\n" + String.join("\n", leaks));
        }
    }

    @Test
    @DisplayName("invariant 17: a start that fails over its configuration tells no secret")
    void aStartThatFailsTellsNoSecret() throws Exception {
        List<Map<String, String>> wrong = List.of(
                Map.of("bactrian.databases.main.pasword", PASSWORD),
                Map.of(
                        "bactrian.databases.main.url",
                        "jdbc:nothing://user:" + URL_PASSWORD + "@127.0.0.1/x?password=" + PASSWORD),
                Map.of("bactrian.security.admin-key", WEAK),
                Map.of("bactrian.databases.main.pool-size", "0", "bactrian.databases.main.password", PASSWORD),
                Map.of("bactrian.databases.main.password", "{{env:NO_SUCH_VARIABLE}}" + PASSWORD));
        List<String> leaks = new ArrayList<>();
        for (int i = 0; i < wrong.size(); i++) {
            Map<String, String> configuration = new LinkedHashMap<>();
            configuration.put("bactrian.databases.main.url", "jdbc:sqlite:" + folder.resolve("other.db"));
            configuration.putAll(wrong.get(i));
            try (PlatformProcess platform = PlatformProcess.in(folder.resolve("wrong" + i), configuration)
                    .launch()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !platform.isAlive() || platform.output().contains("Ready in"));
                assertFalse(platform.output().isBlank(), "it says why");
                leaks.addAll(leaks(Map.of("the start with " + wrong.get(i).keySet(), platform.output())));
            }
        }
        assertTrue(leaks.isEmpty(), () -> leaks.size() + " leaks:\n" + String.join("\n", leaks));
    }

    /** Answers with the request line and the headers that were sent, as debugging endpoints do. */
    private static void repeat(Socket socket) throws IOException {
        byte[] head = new byte[16_384];
        int length = Math.max(0, socket.getInputStream().read(head));
        String text = new String(head, 0, length, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith("POST") || line.startsWith("Authorization"))
                .collect(Collectors.joining(" "));
        String answer =
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: " + text.length() + "\r\n\r\n" + text;
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> leaks(Map<String, String> told) {
        List<String> leaks = new ArrayList<>();
        told.forEach((where, text) -> SECRETS.forEach((what, secret) -> {
            if (text.contains(secret)) {
                leaks.add(what + " in " + where + ": " + around(text, secret));
            }
        }));
        return leaks;
    }

    private static String around(String text, String secret) {
        int at = text.indexOf(secret);
        return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + secret.length() + 60));
    }

    private PlatformProcess platform(RawReceiver echoing) {
        String postgres = PostgresServer.newDatabase();
        int closed = FreePorts.next();
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", sqlite);
        configuration.put("bactrian.databases.main.capture.tables", "orders");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        configuration.put("bactrian.databases.shop.url", postgres);
        configuration.put("bactrian.databases.shop.username", "nobody");
        configuration.put("bactrian.databases.shop.password", PASSWORD);
        configuration.put("bactrian.databases.shop.capture.tables", "orders");
        configuration.put(
                "bactrian.databases.away.url",
                "jdbc:postgresql://127.0.0.1:" + closed + "/x?user=someone&password=" + URL_PASSWORD);
        configuration.put("bactrian.databases.away.capture.tables", "orders");
        configuration.put("shop.token", PLACED);
        String from = "changes:orders?from=earliest&retryQuick=1&retryMax=0";
        PlatformProcess platform = PlatformProcess.in(folder.resolve("platform"), configuration);
        return platform.route(
                        "failing.yaml",
                        route(
                                "failing",
                                from,
                                "hook:http://127.0.0.1:%d/x?key={{shop.token}}&secret=whsec_%s&header.Authorization=Bearer%%20%s"
                                        .formatted(closed, SIGNING, TOKEN)))
                .route(
                        "echoed.yaml",
                        route(
                                "echoed",
                                from,
                                "hook:%sx?key={{shop.token}}&secret=whsec_%s&header.Authorization=Bearer%%20%s"
                                        .formatted(echoing.url(), SIGNING, TOKEN)))
                .route(
                        "option.yaml",
                        route(
                                "option",
                                from,
                                "http://127.0.0.1:%d/x?authMethod=Basic&authUsername=u&authPassword=%s&accessToken=%s"
                                        .formatted(closed, OPTION, PLACED)))
                .route("in.yaml", route("in", "hook:in?secret=whsec_" + SIGNING, "table:orders?database=shop"))
                .route("away.yaml", route("away", "hook:away?verify=none", "table:orders?database=away"));
    }

    /** Each is refused, for a reason of its own. */
    private static void wrongFiles(PlatformProcess platform) {
        String hook = "hook:http://127.0.0.1:9/x?secret=whsec_" + SIGNING;
        platform.route("unknown-option.yaml", route("w1", "changes:orders", hook + "&nonsense=" + OPTION))
                .route("unknown-value.yaml", route("w2", "changes:orders", hook + "&format=" + "nonsense"))
                .route("weak.yaml", route("w3", "changes:orders", "hook:http://127.0.0.1:9/x?secret=" + WEAK))
                .route("weak-in.yaml", route("w4", "hook:weak?secret=" + WEAK, "log:x"))
                .route("unknown-component.yaml", route("w5", "changes:orders", "nothing:x?password=" + OPTION))
                .route("log-option.yaml", route("w6", "changes:orders", "log:x?apiToken=" + OPTION))
                .route(
                        "http-option.yaml",
                        route(
                                "w7",
                                "changes:orders",
                                "http:127.0.0.1:9?authPassword=" + OPTION + "&authMethod=Nonsense"))
                .route("no-id.yaml", route("w8", "changes:orders?secret=" + OPTION, hook))
                .route("syntax.yaml", route("w9", "changes:orders", hook).replace("uri:", "uri"))
                .route("both.yaml", route("in", "hook:in?secret=whsec_" + SIGNING, "log:x"))
                .route("placeholder.yaml", route("w10", "changes:orders", hook + "&header.x={{no.such}}"))
                .route("sql.yaml", route("w11", "changes:orders", "sql:select 1?dataSource=#nope&password=" + OPTION))
                .route(
                        "guarded.yaml",
                        route(
                                "w12",
                                "changes:orders",
                                "hook:http://10.0.0.1/x?secret=whsec_" + SIGNING + "&timeout=" + OPTION))
                .route("Wrong.java", """
                        import org.apache.camel.builder.RouteBuilder;
                        public class Wrong extends RouteBuilder {
                            public void configure() {
                                int secret = "%s";
                                from("changes:orders").to("%s");
                            }
                        }
                        """.formatted(OPTION, hook))
                .route(
                        "wrong.xml",
                        "<routes><route id='x'><from uri='changes:orders'/><to uri='%s'></routes>".formatted(hook));
    }

    private static String route(String id, String from, String to) {
        return """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                        - to: "%s"
                """.formatted(id, from, to);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(sqlite + "?busy_timeout=10000");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
