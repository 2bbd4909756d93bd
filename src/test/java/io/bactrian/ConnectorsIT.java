package io.bactrian;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.HookReceiver.Answer;
import io.bactrian.testing.HookReceiver.Call;
import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.SignedCalls;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each connector, used from each of the three languages, on the whole platform with real neighbours. */
class ConnectorsIT {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk+/8=";
    private static final SignedCalls CALLS = new SignedCalls(SECRET);

    @TempDir
    static Path folder;

    /** What a polled path answers, where that isn't the usual. */
    private static final Map<String, Answer> POLLED = new ConcurrentHashMap<>();

    private static HookReceiver hooks;
    private static HookReceiver rest;
    private static PlatformProcess platform;

    /** How a route file uses a connector. */
    enum Language {
        XML(".xml", "<camel>\n%s</camel>\n") {
            @Override
            String use(String connector, String route, Map<String, String> parameters) {
                return "<templatedRoute routeTemplateRef='" + connector + "' routeId='" + route + "'>\n"
                        + lines(parameters, "  <parameter name='%s' value='%s'/>\n") + "</templatedRoute>\n";
            }
        },
        YAML(".yaml", "%s") {
            @Override
            String use(String connector, String route, Map<String, String> parameters) {
                return "- templatedRoute:\n    routeTemplateRef: " + connector + "\n    routeId: " + route
                        + "\n    parameters:\n" + lines(parameters, "      - name: %s\n        value: \"%s\"\n");
            }
        },
        JAVA(".java", """
                import org.apache.camel.builder.RouteBuilder;
                public class Java extends RouteBuilder {
                    @Override
                    public void configure() {
                %s    }
                }
                """) {
            @Override
            String use(String connector, String route, Map<String, String> parameters) {
                return "templatedRoute(\"" + connector + "\").routeId(\"" + route + "\")"
                        + lines(parameters, ".parameter(\"%s\", \"%s\")") + ";\n";
            }
        };

        private final String suffix;
        private final String frame;

        Language(String suffix, String frame) {
            this.suffix = suffix;
            this.frame = frame;
        }

        abstract String use(String connector, String route, Map<String, String> parameters);

        private static String lines(Map<String, String> parameters, String line) {
            return parameters.entrySet().stream()
                    .map(each -> line.formatted(each.getKey(), each.getValue()))
                    .collect(Collectors.joining());
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        String file() {
            return (this == JAVA ? "Java" : word()) + suffix;
        }

        String text() {
            StringBuilder uses = new StringBuilder();
            String d = word();
            uses.append(use(
                    "hook-to-table",
                    d + "-hook",
                    Map.of(
                            "name", d + "-in",
                            "table", "items_" + d,
                            "secret", "{{connector.secret}}",
                            "columns", "id=no, name=item.title, price=lines.0.price",
                            "origin", "sender")));
            uses.append(use(
                    "changes-to-hook",
                    d + "-out",
                    Map.of(
                            "tables", "items_" + d,
                            "url", hooks.url("/" + d) + (this == XML ? "?a=1" : ""),
                            "secret", "{{connector.secret}}")));
            uses.append(use(
                    "table-to-rest",
                    d + "-rest",
                    Map.of("table", "items_" + d, "url", rest.url("/api/" + d), "authorization", "Bearer abc")));
            uses.append(use(
                    "changes-to-table",
                    d + "-copy",
                    Map.of(
                            "tables",
                            "items_" + d,
                            "target",
                            "branch",
                            "origin",
                            "branch",
                            "party",
                            "main",
                            "batch",
                            "50")));
            uses.append(use(
                    "rest-poll-to-table",
                    d + "-poll",
                    Map.of(
                            "table",
                            "prices_" + d,
                            "url",
                            rest.url("/prices/" + d),
                            "items",
                            "$.data.items",
                            "columns",
                            "article=sku, price=price.amount",
                            "period",
                            "300ms")));
            uses.append(use(
                    "changes-to-queue",
                    d + "-to-queue",
                    Map.of("tables", "items_" + d, "destination", "items." + d, "format", "row")));
            uses.append(use(
                    "queue-to-table",
                    d + "-from-queue",
                    Map.of(
                            "queue",
                            "items." + d,
                            "table",
                            "received_" + d,
                            "columns",
                            "id=id, name=name",
                            "consumers",
                            "2")));
            uses.append(use(
                    "changes-to-kafka",
                    d + "-to-kafka",
                    Map.of("tables", "items_" + d, "topic", "items-" + d, "format", "row")));
            uses.append(use(
                    "kafka-to-table",
                    d + "-from-kafka",
                    Map.of(
                            "topic",
                            "items-" + d,
                            "group",
                            "items-" + d,
                            "begin",
                            "earliest",
                            "table",
                            "consumed_" + d,
                            "columns",
                            "id=id, name=name")));
            return frame.formatted(uses);
        }
    }

    @BeforeAll
    static void begin() throws SQLException {
        hooks = HookReceiver.start(SECRET);
        rest = HookReceiver.start();
        rest.answer(call -> call.method().equals("GET")
                ? POLLED.getOrDefault(call.target(), prices("1.10", "2.5"))
                // A delete that comes twice finds nothing.
                : Answer.of(call.method().equals("DELETE") ? 404 : 204));
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("connector.secret", SECRET);
        KafkaServer kafka = KafkaServer.shared();
        configuration.put("bactrian.kafka.brokers", kafka.brokers());
        List<String> captured = new ArrayList<>();
        execute("main", "CREATE TABLE writes (language TEXT)");
        for (Language each : Language.values()) {
            String d = each.word();
            String items = "CREATE TABLE items_" + d + " (id INTEGER PRIMARY KEY, name TEXT, price DECIMAL(10,2))";
            execute("main", items);
            execute("branch", items);
            kafka.createTopic("items-" + d, 1, Map.of());
            for (String table : List.of("received_", "consumed_")) {
                execute("main", "CREATE TABLE " + table + d + " (id INTEGER PRIMARY KEY, name TEXT)");
            }
            execute(
                    "main",
                    "CREATE TABLE prices_" + d + " (article TEXT PRIMARY KEY, price DECIMAL(10,2) CHECK (price > 0))");
            for (String event : List.of("INSERT", "UPDATE")) {
                execute(
                        "main",
                        "CREATE TRIGGER prices_" + d + event + " AFTER " + event + " ON prices_" + d
                                + " BEGIN INSERT INTO writes VALUES ('" + d + "'); END");
            }
            captured.add("items_" + d);
            captured.add("prices_" + d);
        }
        for (String name : List.of("main", "branch")) {
            configuration.put("bactrian.databases." + name + ".url", url(name));
            configuration.put("bactrian.databases." + name + ".capture.install", "auto");
        }
        configuration.put("bactrian.databases.main.capture.tables", String.join(",", captured));
        configuration.put("bactrian.databases.branch.capture.tables", "items_xml");
        platform = PlatformProcess.in(folder.resolve("platform"), configuration);
        for (Language each : Language.values()) {
            platform.route(each.file(), each.text());
        }
        platform.start();
    }

    @AfterAll
    static void end() {
        platform.close();
        hooks.close();
        rest.close();
    }

    @ParameterizedTest
    @EnumSource
    void aMessageComesInOnceAndItsRowReachesAllNeighbours(Language language) throws Exception {
        String d = language.word();
        String body = "{\"no\": 1, \"item\": {\"title\": \"Bell\"}, \"lines\": [{\"price\": 12.50}]}";
        assertEquals(204, CALLS.status(platform.url("/hooks/" + d + "-in"), "m-" + d, body));
        assertEquals(204, CALLS.status(platform.url("/hooks/" + d + "-in"), "m-" + d, body.replace("Bell", "Gong")));
        awaitRows("main", "SELECT id, name, price FROM items_" + d, "1 Bell 12.5");
        awaitCall(hooks, "POST /" + d, call -> call.verified() && call.body().contains("\"row.inserted\""));
        awaitCall(
                rest,
                "POST /api/" + d,
                call -> call.body().contains("\"name\":\"Bell\"")
                        && call.headers().firstValue("Authorization").orElse("").equals("Bearer abc"));
        awaitRows("branch", "SELECT id, name, price FROM items_" + d, "1 Bell 12.5");
        awaitRows("main", "SELECT id, name FROM received_" + d, "1 Bell");
        awaitRows("main", "SELECT id, name FROM consumed_" + d, "1 Bell");

        execute("main", "UPDATE items_" + d + " SET name = 'Horn' WHERE id = 1");
        awaitCall(rest, "PUT /api/" + d + "/1", call -> call.body().contains("\"name\":\"Horn\""));
        awaitRows("branch", "SELECT name FROM items_" + d, "Horn");
        awaitRows("main", "SELECT id, name FROM received_" + d, "1 Horn");
        awaitRows("main", "SELECT id, name FROM consumed_" + d, "1 Horn");
        execute("main", "UPDATE items_" + d + " SET id = 2 WHERE id = 1");
        awaitCall(rest, "DELETE /api/" + d + "/1", call -> true);
        awaitCall(rest, "PUT /api/" + d + "/2", call -> call.body().contains("\"id\":2"));
        execute("main", "DELETE FROM items_" + d);
        awaitCall(rest, "DELETE /api/" + d + "/2", call -> true);
        awaitRows("branch", "SELECT name FROM items_" + d);
    }

    @ParameterizedTest
    @EnumSource
    void aPollWritesWhatIsNewAndWhatIsRefusedKeepsNoOtherOut(Language language) throws Exception {
        String d = language.word();
        awaitRows("main", "SELECT article, price FROM prices_" + d + " ORDER BY 1", "BELL 1.1", "ROPE 2.5");
        long polls = polls(d);
        await().until(() -> polls(d) > polls + 2);
        assertEquals(List.of("2"), rows("main", "SELECT count(*) FROM writes WHERE language = '" + d + "'"));

        POLLED.put("/prices/" + d, prices("-1", "3"));
        awaitRows("main", "SELECT article, price FROM prices_" + d + " ORDER BY 1", "BELL 1.1", "ROPE 3");
        await().until(() -> platform.output().contains("Route " + d + "-poll: 1 row isn't written"));
        POLLED.put("/prices/" + d, Answer.of(500));
        long failing = polls(d);
        await().until(() -> polls(d) > failing + 2);
        POLLED.remove("/prices/" + d);
        awaitRows("main", "SELECT article, price FROM prices_" + d + " ORDER BY 1", "BELL 1.1", "ROPE 2.5");
        await().until(() -> platform.output().contains("Route " + d + "-poll: the poll works again"));
        assertEquals(2, platform.output().split("Route " + d + "-poll:", -1).length - 1, "one line at each end");
    }

    private static Answer prices(String bell, String rope) {
        return Answer.of(200, """
                        {"data": {"items": [{"sku": "BELL", "price": {"amount": %s}}, {"sku": "ROPE", "price": {"amount": %s}}]}}
                        """.formatted(bell, rope)).with("Content-Type", "application/json");
    }

    private static long polls(String d) {
        return rest.calls().stream()
                .filter(call -> call.target().equals("/prices/" + d))
                .count();
    }

    private static void awaitCall(HookReceiver receiver, String begin, java.util.function.Predicate<Call> like) {
        await().alias(begin + " among " + receiver.calls() + "\n" + platform.output())
                .atMost(Duration.ofSeconds(30))
                .until(() -> receiver.calls().stream()
                        .anyMatch(call -> (call.method() + ' ' + call.target())
                                        .replaceFirst("\\?a=1$", "")
                                        .equals(begin)
                                && like.test(call)));
    }

    private static void awaitRows(String database, String query, String... expected) {
        await().alias(query)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertEquals(List.of(expected), rows(database, query), platform.output()));
    }

    private static List<String> rows(String database, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url(database));
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(String.join(" ", row));
            }
        }
        return rows;
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(sql);
        }
    }

    private static String url(String database) {
        return "jdbc:sqlite:" + folder.resolve(database + ".db");
    }
}
