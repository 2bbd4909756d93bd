package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.HookReceiver.Answer;
import io.bactrian.testing.PlatformProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tail} and {@code why} on the whole platform: where did a change go? */
class SeeingIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    Path folder;

    private String sqlite = "";
    private HookReceiver receiver;
    private PlatformProcess platform;

    @BeforeEach
    void start() throws SQLException {
        sqlite = "jdbc:sqlite:" + folder.resolve("user.db");
        execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL, note TEXT)");
        receiver = HookReceiver.start(SECRET);
        receiver.answer(call -> call.body().contains("\"bad\"") ? Answer.of(500, "no such customer") : Answer.of(200));
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", sqlite);
        configuration.put("bactrian.databases.main.capture.tables", "orders");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        platform = PlatformProcess.in(folder.resolve("platform"), configuration)
                .route(
                        "signed.yaml",
                        route(
                                "signed",
                                "changes:orders?from=earliest&retryQuick=1&retryMax=0",
                                "hook:" + receiver.url("/in?key=a-token") + "&secret=" + SECRET))
                .route("plain.yaml", route("plain", "changes:orders?from=earliest", "hook:" + receiver.url("/plain")))
                .route("crm.yaml", route("crm", "changes:orders?from=earliest&origin=admin", "log:crm"))
                .route("notes.yaml", route("notes", "changes:orders?from=earliest&columns=note", "log:notes"))
                .start();
    }

    @AfterEach
    void stop() {
        platform.close();
        receiver.close();
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

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(platform.call("GET", path, null).body());
    }

    /** The state of the youngest change of an order, by a subscription. */
    private String state(int order, String subscription) throws Exception {
        JsonNode newest =
                get("/api/tables/orders/" + order + "/history?limit=1").path(0);
        for (JsonNode way : get("/api/changes/" + newest.path("id").asText()).path("ways")) {
            if (way.path("subscription").asText().equals(subscription)) {
                return way.path("state").asText();
            }
        }
        return "";
    }

    private void awaitState(String state, int order, String subscription) {
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .ignoreExceptions()
                .until(() -> state(order, subscription).equals(state));
    }

    private static void assertTells(String output, String... words) {
        for (String each : words) {
            assertTrue(output.contains(each), "'" + each + "' is not in\n" + output);
        }
    }

    @Test
    @Tag("full")
    void whyTellsAChangesWholeWay() throws Exception {
        execute("INSERT INTO orders VALUES (1, 'new', NULL)");
        execute("UPDATE orders SET status = 'paid' WHERE id = 1");
        platform.call("POST", "/api/tables/orders", "{\"id\":2,\"status\":\"bad\"}");
        awaitState("delivered", 1, "signed");
        awaitState("dead", 2, "signed");
        awaitState("delivered", 2, "notes");

        String paid = platform.command(0, "why", "orders", "1", "--last", "1", "--curl");
        assertTells(
                paid,
                "capture: the triggers on orders are in place",
                "collector: collecting",
                "status: \"new\" → \"paid\"",
                "delivered at the 1st attempt",
                "/in?key=$SECRET_KEY answered 200",
                "dropped",
                "none of the columns it watches changed: note",
                "./bactrian send 'http://127.0.0.1:");
        assertFalse(paid.contains("a-token") || paid.contains(SECRET) || paid.contains("\u001b["), paid);

        String bad = platform.command(0, "why", "orders", "2");
        assertTells(
                bad,
                "by admin",
                "echo: admin wrote it, and this subscription listens for admin",
                "given up on after one attempt",
                "answered 500: no such customer",
                "→ mend the cause, then ./bactrian dead-letters retry 1");
        assertFalse(
                platform.command(0, "why", "orders", "2", "--subscription", "crm")
                        .contains("dead-letters"),
                bad);

        JsonNode json = JSON.readTree(platform.command(0, "why", "orders", "1", "--json"));
        assertEquals(2, json.path("changes").size(), json::toString);
        assertEquals("update", json.at("/changes/0/change/data/operation").asText());

        assertTells(
                platform.command(1, "why", "orders", "99"),
                "No change of this row is in the journal",
                "No row with this key is in the table now");
        assertTells(platform.command(1, "why", "ordres", "1"), "near: orders", "capture.tables");
        assertTells(
                platform.command(1, "why", "orders", "1", "--subscription", "none"), "There is no subscription 'none'");
        assertTells(platform.command(1, "why", "orders", "1", "--database", "mian"), "there is main");
        assertTells(platform.command(1, "why", "orders", "x"), "'x' doesn't fit column id");

        platform.stop();
        platform.start();
        assertTells(platform.command(0, "why", "orders", "2"), "answered 500: no such customer");
    }

    @Test
    @Tag("full")
    void theCurlCommandMakesTheSameCallAgain() throws Exception {
        execute("INSERT INTO orders VALUES (1, 'it''s $HOME `new` \"now\"', NULL)");
        awaitState("delivered", 1, "plain");
        HookReceiver.Call call = receiver.calls().stream()
                .filter(each -> each.target().equals("/plain"))
                .findFirst()
                .orElseThrow();
        JsonNode shown = get("/api/changes/1");
        String curl = "";
        for (JsonNode way : shown.path("ways")) {
            if (way.path("subscription").asText().equals("plain")) {
                curl = way.at("/attempts/0/answers/0/curl").asText();
            }
        }
        int before = receiver.calls().size();
        Process process =
                new ProcessBuilder("sh", "-c", curl).redirectErrorStream(true).start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assumeTrue(process.exitValue() != 127, "no curl on this machine");
        assertEquals(0, process.exitValue(), curl);
        HookReceiver.Call again = receiver.calls().get(before);
        assertEquals(call.body(), again.body());
        assertEquals(call.target(), again.target());
        assertEquals(call.id(), again.id());
        assertEquals(call.headers().firstValue("content-type"), again.headers().firstValue("content-type"));
    }

    @Test
    @Tag("full")
    void tailShowsChangesAndGoesOnAfterTheConnectionBroke() throws Exception {
        execute("INSERT INTO orders VALUES (1, 'new', NULL)");
        CompletableFuture<String> tail = tail("tail", "orders", "--from", "earliest", "--count", "3");
        CompletableFuture<String> json = tail("tail", "--from", "earliest", "--count", "2", "--json");
        execute("UPDATE orders SET status = 'paid' WHERE id = 1");
        List<JsonNode> told = new ArrayList<>();
        for (String line : json.get(60, TimeUnit.SECONDS).strip().split("\n")) {
            told.add(JSON.readTree(line));
        }
        assertEquals(
                List.of("row.inserted", "row.updated"),
                told.stream().map(each -> each.path("type").asText()).toList());
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> printed().contains("orders  update  1"));
        platform.stop();
        platform.start();
        execute("DELETE FROM orders WHERE id = 1");
        String shown = tail.get(60, TimeUnit.SECONDS);
        assertTells(
                shown,
                "orders  insert  1  {\"id\":1,\"status\":\"new\",\"note\":null}",
                "orders  update  1  status: \"new\" → \"paid\"",
                "orders  delete  1  {\"id\":1,\"status\":\"paid\",\"note\":null}");
        assertTells(platform.command(1, "tail", "ordres", "--count", "1"), "near: orders");
        assertTells(platform.command(1, "tail", "--from", "lunch"), "from=lunch");
        platform.stop();
        assertTells(platform.command(1, "tail"), "start it with ./bactrian run");
    }

    /** What the commands have printed so far. */
    private String printed() throws IOException {
        StringBuilder printed = new StringBuilder();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(platform.folder(), "command*.out")) {
            for (Path file : files) {
                printed.append(Files.readString(file));
            }
        }
        return printed.toString();
    }

    private CompletableFuture<String> tail(String... command) {
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                output.complete(platform.command(0, command));
            } catch (Exception e) {
                output.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return output;
    }
}
