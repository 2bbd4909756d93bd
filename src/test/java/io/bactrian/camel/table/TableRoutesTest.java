package io.bactrian.camel.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.Rooms;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import io.bactrian.change.RowType;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.hook.InboundHooks;
import io.bactrian.table.TableReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code table:} in routes of all three DSLs, on a real SQLite database. Over 400 lines, many of them the routes
 * themselves.
 */
class TableRoutesTest {
    @TempDir
    Path directory;

    private Database database;
    private TableReader reader;
    private CamelContext context;

    @BeforeEach
    void start() throws Exception {
        database = Database.open(
                new DatabaseSettings("main", "jdbc:sqlite:" + directory.resolve("main.db"), null, null, 5));
        reader = new TableReader(database);
        for (String sql : List.of(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount DECIMAL, doc JSON, version INTEGER)",
                "CREATE TABLE audit (line INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT)")) {
            database.transaction(List.of(), connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.execute(sql);
                }
            });
        }
        new Capture(database, new CaptureSettings(List.of("orders"), List.of(), Install.AUTO)).install(List.of());
        context = newContext();
    }

    private CamelContext newContext() throws Exception {
        CamelContext made = new DefaultCamelContext();
        made.getRegistry()
                .bind(
                        "rooms",
                        Rooms.class,
                        new Rooms(Map.of("main", database), null, new InboundHooks(), Clock.systemUTC()));
        // Failures are looked at here, not logged.
        made.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
        made.start();
        return made;
    }

    @AfterEach
    void stop() throws Exception {
        context.stop();
        database.close();
    }

    private static void load(CamelContext into, String name, String text) throws Exception {
        PluginHelper.getRoutesLoader(into).loadRoutes(ResourceHelper.fromString(name, text));
    }

    private void xml(String routes) throws Exception {
        load(context, "test.xml", "<routes>" + routes + "</routes>");
    }

    private Exchange send(String endpoint, @Nullable Object body, Map<String, Object> headers) {
        return send(context, endpoint, body, headers);
    }

    private static Exchange send(CamelContext to, String endpoint, @Nullable Object body, Map<String, Object> headers) {
        try (FluentProducerTemplate template = to.createFluentProducerTemplate()) {
            return template.withHeaders(new LinkedHashMap<>(headers))
                    .withBody(body)
                    .to(endpoint)
                    .send();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Exchange done(Exchange exchange) {
        if (exchange.getException() != null) {
            throw new AssertionError(exchange.getException());
        }
        return exchange;
    }

    private List<String> orders() {
        return reader.list("orders", Map.of(), 100, 0).stream()
                .map(row -> row.get("id") + ":" + row.get("customer"))
                .toList();
    }

    private int count(String table) {
        return reader.list(table, Map.of(), 1000, 0).size();
    }

    /** The inserts that the triggers captured, as {@code origin:id}. */
    private List<String> inserted() {
        return column("SELECT coalesce(origin, 'null') || ':' || json_extract(\"key\", '$.id')"
                + " FROM bactrian_change WHERE operation = 'i' ORDER BY seq");
    }

    private List<String> claims() {
        return column("SELECT route || '|' || step || '|' || split || '|' || message || '|' || generation"
                + " FROM bactrian_applied ORDER BY step");
    }

    private List<String> column(String sql) {
        return database.read(connection -> {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery(sql)) {
                List<String> values = new ArrayList<>();
                while (result.next()) {
                    values.add(result.getString(1));
                }
                return values;
            }
        });
    }

    @Test
    @DisplayName("invariant 9: a message that comes again is written once, from XML, YAML and Java")
    void aMessageThatComesAgainIsWrittenOnceInEachDsl() throws Exception {
        xml("<route id='x'><from uri='direct:x'/><to uri='table:audit?operation=insert'/></route>");
        load(context, "test.yaml", """
                - route:
                    id: y
                    from:
                      uri: direct:y
                      steps:
                        - to:
                            uri: table:audit
                            parameters:
                              operation: insert
                """);
        load(context, "Written.java", """
                import org.apache.camel.builder.RouteBuilder;
                public class Written extends RouteBuilder {
                    public void configure() {
                        from("direct:z").routeId("z").to("table:audit?operation=insert");
                    }
                }
                """);
        for (String route : List.of("x", "y", "z")) {
            Map<String, Object> headers = Map.of("webhook-id", "msg_1");
            Exchange first = done(send("direct:" + route, "{\"what\":\"" + route + "\"}", headers));
            assertEquals(true, first.getProperty(BactrianProperties.APPLIED));
            assertEquals(1, first.getProperty(BactrianProperties.AFFECTED));
            Exchange again = done(send("direct:" + route, "{\"what\":\"" + route + "\"}", headers));
            assertEquals(false, again.getProperty(BactrianProperties.APPLIED));
            assertEquals(0, again.getProperty(BactrianProperties.AFFECTED));
        }
        assertEquals(3, count("audit"));
        done(send("direct:x", "{\"what\":\"no id\"}", Map.of()));
        done(send("direct:x", "{\"what\":\"no id\"}", Map.of()));
        assertEquals(5, count("audit"));
    }

    @Test
    void bodiesComeAsMapsListsAndJsonOfAnyForm() throws Exception {
        xml("<route id='in'><from uri='direct:in'/><to uri='table:orders'/></route>");
        String json = "{\"id\":%d,\"customer\":\"ü\",\"amount\":12.30}";
        List<Object> bodies = List.of(
                Map.of("id", 1, "customer", "ü"),
                json.formatted(2),
                json.formatted(3).getBytes(StandardCharsets.UTF_8),
                new ByteArrayInputStream(json.formatted(4).getBytes(StandardCharsets.UTF_8)),
                new com.fasterxml.jackson.databind.ObjectMapper().readTree(json.formatted(5)),
                List.of(Map.of("id", 6, "customer", "ü"), Map.of("id", 7, "customer", "ü")),
                "[" + json.formatted(8) + "," + json.formatted(9) + "]",
                Row.ofJson(json.formatted(10), RowType.UNKNOWN));
        for (Object body : bodies) {
            done(send("direct:in", body, Map.of()));
        }
        assertEquals(
                java.util.stream.IntStream.rangeClosed(1, 10)
                        .mapToObj(i -> i + ":ü")
                        .toList(),
                orders());
        done(send("direct:in", List.of(), Map.of()));
        for (Object wrong : List.of("{\"id\":1", "12", "[1]", "", "nonsense", 12, List.of(1), Map.of("nope", 1))) {
            Exchange exchange = send("direct:in", wrong, Map.of());
            assertTrue(
                    exchange.getException() instanceof IllegalArgumentException
                            || exchange.getException() instanceof DatabaseException,
                    () -> wrong + " gave " + exchange.getException());
        }
        assertEquals(10, orders().size());
    }

    private static Map<String, Object> change(String operation, String id) {
        return Map.of(
                BactrianHeaders.ID,
                "main-1-" + id,
                BactrianHeaders.TABLE,
                "orders",
                BactrianHeaders.OPERATION,
                operation,
                BactrianHeaders.KEY,
                Row.of(Map.of("id", 1)));
    }

    @Test
    void autoDoesWhatTheChangeDid() throws Exception {
        xml("<route id='mirror'><from uri='direct:in'/><to uri='table:*'/></route>");
        done(send("direct:in", Row.of(Map.of("id", 1, "customer", "a")), change("insert", "1")));
        assertEquals(List.of("1:a"), orders());
        done(send("direct:in", Row.of(Map.of("id", 1, "customer", "b")), change("update", "2")));
        assertEquals(List.of("1:b"), orders());
        Map<String, Object> moved = new LinkedHashMap<>(change("update", "3"));
        moved.put(BactrianHeaders.KEY_BEFORE, Row.of(Map.of("id", 1)));
        moved.put(BactrianHeaders.KEY, Row.of(Map.of("id", 2)));
        done(send("direct:in", Row.of(Map.of("id", 2, "customer", "moved")), moved));
        assertEquals(List.of("2:moved"), orders());
        Map<String, Object> deleted = new LinkedHashMap<>(change("delete", "4"));
        deleted.put(BactrianHeaders.KEY, Row.of(Map.of("id", 2)));
        done(send("direct:in", null, deleted));
        assertEquals(List.of(), orders());
        done(send("direct:in", Row.of(Map.of("id", 5, "customer", "s")), change("snapshot", "5")));
        done(send("direct:in", null, change("truncate", "6")));
        assertEquals(List.of(), orders());
        Exchange nameless = send("direct:in", Row.of(Map.of("id", 5)), Map.of());
        assertTrue(nameless.getException().getMessage().contains("BactrianTable"), nameless.getException()::getMessage);
    }

    private static Change change(long seq, Operation operation, long id, @Nullable Long idBefore, String... origin) {
        String row = "{\"id\":" + id + ",\"customer\":\"c" + seq + "\"}";
        boolean delete = operation == Operation.DELETE;
        return new Change(
                new ChangeId("other", 1, seq),
                seq,
                "orders",
                operation,
                "{\"id\":" + id + "}",
                idBefore == null ? null : "{\"id\":" + idBefore + "}",
                delete ? row : null,
                delete || operation == Operation.TRUNCATE ? null : row,
                "tx",
                List.of(origin),
                Instant.EPOCH,
                Instant.EPOCH,
                RowType.UNKNOWN);
    }

    @Test
    void aBatchOfChangesIsRepeatedInOrderInOneTransaction() throws Exception {
        xml("<route id='mirror'><from uri='direct:in'/><to uri='table:orders?origin=other'/></route>");
        List<Change> batch = List.of(
                change(1, Operation.INSERT, 1, null),
                change(2, Operation.INSERT, 2, null, "crm"),
                change(3, Operation.INSERT, 3, null, "crm"),
                change(4, Operation.UPDATE, 1, null),
                change(5, Operation.DELETE, 2, null),
                change(6, Operation.UPDATE, 9, 3L));
        Exchange exchange = done(send("direct:in", batch, Map.of()));
        assertEquals(List.of("1:c4", "9:c6"), orders());
        assertEquals(true, exchange.getProperty(BactrianProperties.APPLIED));
        assertEquals(List.of("other:1", "other,crm:2", "other,crm:3", "other:9"), inserted());
        done(send(
                "direct:in",
                List.of(change(7, Operation.TRUNCATE, 0, null), change(8, Operation.INSERT, 4, null)),
                Map.of()));
        assertEquals(List.of("4:c8"), orders());
    }

    @Test
    @DisplayName("invariant 10: the writing party stands first, those it writes for behind it")
    void theWritingPartyStandsFirstThoseItWritesForBehindIt() throws Exception {
        xml("<route id='from-a'><from uri='direct:a'/><to uri='table:orders'/></route>"
                + "<route id='from-b'><from uri='direct:b'/><to uri='table:orders?origin=crm'/></route>");
        done(send("direct:a", Map.of("id", 1), Map.of()));
        done(send("direct:b", Map.of("id", 2), Map.of(BactrianHeaders.ORIGIN, List.of("shop", "crm", "erp"))));
        assertEquals(List.of("from-a:1", "crm,shop,erp:2"), inserted());
    }

    @Test
    @DisplayName("invariant 9: each part of a split and each turn of a loop is a claim of its own")
    void eachPartOfASplitAndEachTurnOfALoopIsAClaimOfItsOwn() throws Exception {
        xml("<route id='parts'><from uri='direct:parts'/><split><simple>${body}</simple>"
                + "<to uri='table:audit?operation=insert'/></split></route>"
                + "<route id='turns'><from uri='direct:turns'/><loop><constant>3</constant>"
                + "<to uri='table:audit?operation=insert'/></loop></route>"
                + "<route id='two'><from uri='direct:two'/><to uri='table:audit?operation=insert'/>"
                + "<to uri='table:audit?operation=insert'/></route>"
                + "<route id='deep'><from uri='direct:deep'/><split><simple>${body}</simple><split>"
                + "<simple>${body}</simple><to uri='table:audit?operation=insert'/></split></split></route>");
        Map<String, Object> headers = Map.of("webhook-id", "msg_1");
        for (int round = 0; round < 2; round++) {
            done(send("direct:parts", List.of(Map.of("what", "a"), Map.of("what", "b")), headers));
            assertEquals(2, count("audit"));
        }
        for (int round = 0; round < 2; round++) {
            done(send("direct:turns", Map.of("what", "a"), headers));
            assertEquals(5, count("audit"));
        }
        for (int round = 0; round < 2; round++) {
            done(send("direct:two", Map.of("what", "a"), headers));
            assertEquals(7, count("audit"));
        }
        Exchange deep = send("direct:deep", List.of(List.of(Map.of("what", "a"))), headers);
        assertTrue(deep.getException().getMessage().contains("split within a split"), deep.getException()::toString);
    }

    @Test
    @DisplayName("invariant 9: a claim outlives restarts in which Camel names routes and steps anew")
    void aClaimOutlivesRestartsInWhichCamelNamesStepsAnew() throws Exception {
        String file = "<routes><route><from uri='direct:in?timeout=7'/><to uri='direct:between'/>"
                + "<choice><when><simple>true</simple><to uri='table:audit?operation=insert'/></when></choice></route>"
                + "<route id='between'><from uri='direct:between'/><to id='note' uri='table:audit?operation=insert'/></route></routes>";
        load(context, "a.xml", file);
        Map<String, Object> headers = Map.of(BactrianHeaders.MESSAGE_ID, "m");
        done(send("direct:in", Map.of("what", "a"), headers));
        assertEquals(2, count("audit"));
        CamelContext restarted = newContext();
        load(
                restarted,
                "b.xml",
                "<routes><route><from uri='direct:b'/><to uri='log:x'/><to uri='log:y'/></route></routes>");
        load(restarted, "a.xml", file);
        done(send(restarted, "direct:in", Map.of("what", "a"), headers));
        restarted.stop();
        assertEquals(2, count("audit"), () -> String.join("\n", claims()));
        assertEquals(
                List.of(
                        "direct://in|between/note main.audit insert|0|m|0",
                        "direct://in|step3 main.audit insert|0|m|0"),
                claims());
    }

    @Test
    void anOperatorsReplayIsANewGeneration() throws Exception {
        xml("<route id='in'><from uri='direct:in'/><setProperty name='BactrianGeneration'><header>g</header>"
                + "</setProperty><to uri='table:audit?operation=insert'/></route>");
        for (int generation : new int[] {0, 0, 1, 1}) {
            done(send("direct:in", Map.of("what", "a"), Map.of("webhook-id", "m", "g", generation)));
        }
        assertEquals(2, count("audit"));
    }

    @Test
    void theIdMayBeAnExpression() throws Exception {
        xml(
                "<route id='in'><from uri='direct:in'/><to uri='table:audit?operation=insert&amp;id=${header.no}-x'/></route>"
                        + "<route id='none'><from uri='direct:none'/><to uri='table:audit?operation=insert&amp;id=${header.no}'/></route>");
        done(send("direct:in", Map.of("what", "a"), Map.of("no", 7, "webhook-id", "m1")));
        done(send("direct:in", Map.of("what", "a"), Map.of("no", 7, "webhook-id", "m2")));
        assertEquals(1, count("audit"));
        assertEquals("7-x", claims().get(0).split("\\|")[3]);
        Exchange exchange = send("direct:none", Map.of("what", "a"), Map.of());
        assertTrue(exchange.getException().getMessage().contains("option id"), exchange.getException()::toString);
    }

    @Test
    @DisplayName("invariant 9: a change that is inserted is claimed by its id; one that is upserted needs no claim")
    void aChangeThatIsInsertedIsClaimedByItsId() throws Exception {
        xml("<route id='log'><from uri='direct:log'/><setBody><constant>{\"what\":\"x\"}</constant></setBody>"
                + "<to uri='table:audit?operation=insert'/></route>"
                + "<route id='mirror'><from uri='direct:mirror'/><to uri='table:orders'/></route>");
        for (int i = 0; i < 2; i++) {
            done(send("direct:log", Row.of(Map.of("id", 1)), change("insert", "1")));
            done(send("direct:mirror", Row.of(Map.of("id", 1)), change("insert", "1")));
        }
        assertEquals(1, count("audit"));
        assertEquals(List.of("log|step2 main.audit insert|0|main-1-1|0"), claims());
    }

    @Test
    void rowsComeBackAndAreRead() throws Exception {
        xml(
                "<route id='in'><from uri='direct:in'/><to uri='table:orders?returning=true'/></route>"
                        + "<route id='read'><from uri='direct:read'/><to uri='table:orders?operation=read'/></route>"
                        + "<route id='by'><from uri='direct:by'/><to uri='table:orders?operation=read&amp;key=customer'/></route>");
        Object body = done(send("direct:in", "{\"id\":1,\"customer\":\"a\"}", Map.of()))
                .getMessage()
                .getBody();
        assertEquals(1L, assertInstanceOf(Map.class, body).get("id"));
        assertTrue(((Map<?, ?>) body).containsKey("amount"));
        assertEquals(
                2,
                done(send("direct:in", List.of(Map.of("id", 2), Map.of("id", 3)), Map.of()))
                        .getMessage()
                        .getBody(List.class)
                        .size());
        for (Object key : List.of(1, "1", Map.of("id", 1, "customer", "ignored"), "{\"id\":1}")) {
            assertEquals(
                    "a",
                    done(send("direct:read", key, Map.of()))
                            .getMessage()
                            .getBody(Map.class)
                            .get("customer"));
        }
        assertNull(done(send("direct:read", 99, Map.of())).getMessage().getBody());
        assertEquals(
                2,
                done(send("direct:read", List.of(Map.of("id", 2), Map.of("id", 3), Map.of("id", 4)), Map.of()))
                        .getMessage()
                        .getBody(List.class)
                        .size());
        assertEquals(
                1L,
                done(send("direct:by", "a", Map.of()))
                        .getMessage()
                        .getBody(Map.class)
                        .get("id"));
    }

    @Test
    void failuresAreTheExchangesAndSayWhatToDo() throws Exception {
        xml("<route id='in'><from uri='direct:in'/><to uri='table:orders'/></route>"
                + "<route id='dup'><from uri='direct:dup'/><to uri='table:orders?operation=insert'/></route>");
        done(send("direct:dup", Map.of("id", 1), Map.of()));
        DatabaseException taken = assertInstanceOf(
                DatabaseException.class,
                send("direct:dup", Map.of("id", 1), Map.of()).getException());
        assertEquals(DatabaseException.Kind.CONSTRAINT, taken.kind());
        DatabaseException unknown = assertInstanceOf(
                DatabaseException.class,
                send("direct:in", "{\"id\":1,\"custmer\":\"a\"}", Map.of()).getException());
        assertTrue(unknown.getMessage().contains("did you mean 'customer'"), unknown.getMessage());
    }

    @Test
    void whatIsWrongInARouteFileIsRefusedWhenItIsLoaded() {
        Map<String, String> wrong = Map.of(
                "table:orders?orign=crm", "orign",
                "table:orders?operation=merge", "operation=merge: use auto, upsert",
                "table:orders?onConflict=ignore", "onConflict=ignore: use overwrite, keep, fail",
                "table:orders?database=nope", "Unknown database 'nope'",
                "table:orders?origin=a,b", "holds no comma",
                "table:orders?id=fixed", "every message would have this id",
                "table:orders?filter=x", "filter");
        wrong.forEach((uri, words) -> {
            Exception e = assertThrows(
                    Exception.class, () -> xml("<route id='w'><from uri='direct:w'/><to uri='" + uri + "'/></route>"));
            StringBuilder messages = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
            }
            assertTrue(messages.toString().contains(words), () -> uri + " gave " + messages);
        });
        assertThrows(Exception.class, () -> xml("<route id='c'><from uri='table:orders'/><to uri='log:x'/></route>"));
    }
}
