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
import java.util.Set;
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

    private static final String USES = """
            hook-to-table LANGUAGE-hook
              name=LANGUAGE-in
              table=items_LANGUAGE
              secret={{connector.secret}}
              columns=id=no, name=item.title, price=lines.0.price
              origin=sender
            changes-to-hook LANGUAGE-out
              tables=items_LANGUAGE
              url=HOOK/LANGUAGE?a=1
              secret={{connector.secret}}
            table-to-rest LANGUAGE-rest
              table=items_LANGUAGE
              url=REST/api/LANGUAGE
              authorization=Bearer {{connector.token}}
            changes-to-table LANGUAGE-copy
              tables=items_LANGUAGE
              target=branch
              origin=branch
              party=main
              batch=50
            rest-poll-to-table LANGUAGE-poll
              url=REST/prices/LANGUAGE
              table=prices_LANGUAGE
              items=$.data.items
              columns=article=sku, price=price.amount
              period=100ms
            changes-to-queue LANGUAGE-to-queue
              tables=items_LANGUAGE
              destination=items.LANGUAGE
              operations=insert,update
            FORMAT
            queue-to-table LANGUAGE-from-queue
              queue=items.LANGUAGE
              table=received_LANGUAGE
              columns=id=EVENT.id, name=EVENT.name
              consumers=2
            changes-to-kafka LANGUAGE-to-kafka
              tables=items_LANGUAGE
              topic=items-LANGUAGE
              operations=insert,update
            FORMAT
            kafka-to-table LANGUAGE-from-kafka
              topic=items-LANGUAGE
              group=items-LANGUAGE
              begin=earliest
              table=consumed_LANGUAGE
              columns=id=ENVELOPE.id, name=ENVELOPE.name
            """;

    /** What a polled path answers, where that isn't the usual. */
    private static final Map<String, Answer> POLLED = new ConcurrentHashMap<>();

    /** What was POSTed to: the first time that fails. */
    private static final Set<String> POSTED = ConcurrentHashMap.newKeySet();

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
            // One takes the formats that are the defaults, the others the plain row.
            boolean defaults = this == XML;
            String uses = USES.replace("LANGUAGE", word())
                    .replace("HOOK/", hooks.url("/"))
                    .replace("REST/", rest.url("/"))
                    .replace("FORMAT\n", defaults ? "" : "  format=row\n")
                    .replace("EVENT.", defaults ? "data.after." : "")
                    .replace("ENVELOPE.", defaults ? "after." : "");
            StringBuilder text = new StringBuilder();
            for (String each : uses.split("(?m)^(?=\\S)")) {
                String[] lines = each.split("\n");
                Map<String, String> parameters = new LinkedHashMap<>();
                for (String line : List.of(lines).subList(1, lines.length)) {
                    String[] parameter = line.strip().split("=", 2);
                    parameters.put(parameter[0], parameter[1]);
                }
                text.append(use(lines[0].split(" ")[0], lines[0].split(" ")[1], parameters));
            }
            return frame.formatted(text);
        }
    }

    @BeforeAll
    static void begin() throws SQLException {
        hooks = HookReceiver.start(SECRET);
        rest = HookReceiver.start();
        rest.answer(call -> call.method().equals("GET")
                ? POLLED.getOrDefault(call.target(), prices("1.10", "2.5"))
                : Answer.of(call.method().equals("POST") && POSTED.add(call.target()) ? 500 : status(call)));
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("connector.secret", SECRET);
        configuration.put("connector.token", "abc");
        KafkaServer kafka = KafkaServer.shared();
        configuration.put("bactrian.broker.url", "embedded");
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
        await().until(() -> idempotencyKeys("/api/" + d).size() == 2);
        assertEquals(1, Set.copyOf(idempotencyKeys("/api/" + d)).size());
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

    private static List<String> idempotencyKeys(String target) {
        return rest.calls().stream()
                .filter(call -> call.method().equals("POST") && call.target().equals(target))
                .map(call -> call.headers().firstValue("Idempotency-Key").orElse(""))
                .toList();
    }

    /** A delete that comes twice finds nothing. */
    private static int status(Call call) {
        return call.method().equals("DELETE") ? 404 : 204;
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
                                        .replace("?a=1", "")
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
