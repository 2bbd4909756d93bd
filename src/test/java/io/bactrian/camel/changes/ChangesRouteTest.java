package io.bactrian.camel.changes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import io.bactrian.change.Row;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Routes from changes:, over a real journal and real subscriptions. */
class ChangesRouteTest {
    @TempDir
    Path directory;

    private final List<Exchange> seen = new CopyOnWriteArrayList<>();
    private Workbench bench;

    @BeforeEach
    void open() {
        bench = new Workbench(directory, Map.of());
        bind("seen", seen::add);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** The three languages of route files, with the id and without. */
    private enum Dsl {
        XML("""
            <routes xmlns="http://camel.apache.org/schema/xml-io">
              <route ID>
                <from uri="changes:orders?from=earliest"/>
                <filter><simple>${header.BactrianOperation} == 'insert' &amp;&amp; ${body[status]} == 'new'</simple>
                  <process ref="seen"/>
                </filter>
              </route>
            </routes>
            """, "id=\"orders\""),
        YAML("""
            - route:
                ID
                from:
                  uri: changes:orders
                  parameters:
                    from: earliest
                  steps:
                    - filter:
                        simple: "${header.BactrianOperation} == 'insert' && ${body[status]} == 'new'"
                        steps:
                          - process: {ref: seen}
            """, "id: orders"),
        JAVA("""
            import org.apache.camel.builder.RouteBuilder;

            public class Orders extends RouteBuilder {
                @Override
                public void configure() {
                    from("changes:orders?from=earliest")ID
                        .filter(simple("${header.BactrianOperation} == 'insert' && ${body[status]} == 'new'"))
                        .process("seen");
                }
            }
            """, ".routeId(\"orders\")");

        private final String text;
        private final String id;

        Dsl(String text, String id) {
            this.text = text;
            this.id = id;
        }

        String file() {
            return this == JAVA ? "Orders.java" : "orders." + name().toLowerCase(java.util.Locale.ROOT);
        }

        String withId() {
            return text.replace("ID", id);
        }

        String withoutId() {
            return text.replace("ID", "");
        }
    }

    @ParameterizedTest
    @EnumSource(Dsl.class)
    void aRouteOfAnyLanguageHearsOfAChange(Dsl dsl) throws Exception {
        bench.collectOrders(1, 2);
        bench.load(dsl.file(), dsl.withId());
        assertIds(1, 2);
        await().until(() -> bench.subscriptions.find("orders").orElseThrow().position() == 2);
    }

    @ParameterizedTest
    @EnumSource(Dsl.class)
    void aRouteWithoutAnIdIsRefusedWithTheReason(Dsl dsl) {
        Exception refused = assertThrows(Exception.class, () -> bench.load(dsl.file(), dsl.withoutId()));
        assertTrue(messages(refused).contains("needs an id of its own"), messages(refused));
        assertTrue(messages(refused).contains("A route from changes:orders"), messages(refused));
        assertEquals(List.of(), bench.subscriptions.list());
    }

    @Test
    void aTemplatedRouteWithAnIdHearsOfAChange() throws Exception {
        bench.load("template.xml", """
                <camel>
                  <routeTemplate id="watch">
                    <templateParameter name="table"/>
                    <route><from uri="changes:{{table}}?from=earliest"/><process ref="seen"/></route>
                  </routeTemplate>
                  <templatedRoute routeTemplateRef="watch" routeId="watch-orders">
                    <parameter name="table" value="orders"/>
                  </templatedRoute>
                </camel>
                """);
        bench.collectOrders(1);
        assertIds(1);
    }

    @Test
    void aKameletNamesItsSubscription() throws Exception {
        String kamelet = """
                <camel>
                  <routeTemplate id="NAME">
                    <templateParameter name="name"/>
                    <route><from uri="changes:orders?from=earliestOPTION"/><to uri="kamelet:sink"/></route>
                  </routeTemplate>
                  <route id="USER"><from uri="kamelet:NAME?name=watch"/><process ref="seen"/></route>
                </camel>
                """;
        String unnamed = kamelet.replace("NAME", "first").replace("USER", "a").replace("OPTION", "");
        Exception refused = assertThrows(Exception.class, () -> bench.load("unnamed.xml", unnamed));
        assertTrue(messages(refused).contains("needs the option subscription="), messages(refused));

        bench.load(
                "named.xml",
                kamelet.replace("NAME", "second").replace("USER", "b").replace("OPTION", "&amp;subscription={{name}}"));
        bench.collectOrders(1);
        assertIds(1);
        assertTrue(bench.subscriptions.find("watch").isPresent());
    }

    @Test
    void theHeadersAreTheContracts() throws Exception {
        Map<String, Object> one = new HashMap<>();
        Map<String, Object> all = new HashMap<>();
        bind("headers", exchange -> {
            // One by one they come from the change, together from a map: they must be the same.
            for (String name : List.of("BactrianId", "BactrianTable", "BactrianPosition", "BactrianOrigin")) {
                one.put(name, exchange.getMessage().getHeader(name));
            }
            all.putAll(exchange.getMessage().getHeaders());
            seen.add(exchange);
        });
        xmlRoute("changes:orders?from=earliest", "<process ref=\"headers\"/>");
        Change change = bench.collect(bench.moved(1, 2)).get(0);
        await().until(() -> seen.size() == 1);

        Map<String, Object> expected = new HashMap<>();
        expected.put(BactrianHeaders.ID, "main-1-1");
        expected.put(BactrianHeaders.DATABASE, "main");
        expected.put(BactrianHeaders.TABLE, "orders");
        expected.put(BactrianHeaders.OPERATION, "update");
        expected.put(BactrianHeaders.KEY, Map.of("id", 2));
        expected.put(BactrianHeaders.KEY_BEFORE, Map.of("id", 1));
        expected.put(BactrianHeaders.BEFORE, Map.of("id", 1, "status", "new"));
        expected.put(BactrianHeaders.POSITION, 1L);
        expected.put(BactrianHeaders.TRANSACTION, "t2");
        expected.put(BactrianHeaders.ORIGIN, List.of("crm"));
        expected.put(BactrianHeaders.TIME, Instant.parse("2026-03-01T10:00:00.123456Z"));
        expected.put(BactrianHeaders.ATTEMPT, 1);
        assertEquals(expected, all);
        one.forEach((name, value) -> assertEquals(expected.get(name), value, name));

        Exchange exchange = seen.get(0);
        Row row = assertInstanceOf(Row.class, exchange.getMessage().getBody());
        assertTrue(row.untouched());
        assertEquals(Map.of("id", 2, "status", "paid"), row);
        assertEquals(change, exchange.getProperty(BactrianProperties.CHANGE));
        assertEquals("orders", exchange.getFromRouteId());
    }

    @Test
    void aHeaderMapThatAStepWritesToKeepsWhatItWrote() throws Exception {
        bind(
                "writes",
                exchange -> exchange.getMessage()
                        .getHeader(BactrianHeaders.KEY, Map.class)
                        .put("x", 1));
        xmlRoute("changes:orders?from=earliest", "<process ref=\"writes\"/><process ref=\"seen\"/>");
        bench.collectOrders(1);
        await().until(() -> seen.size() == 1);
        Message message = seen.get(0).getMessage();
        assertSame(message.getHeader(BactrianHeaders.KEY), message.getHeader(BactrianHeaders.KEY));
        assertEquals(Map.of("id", 1, "x", 1), message.getHeader("bactriankey"));
    }

    @Test
    void aBatchIsAListInJournalOrder() throws Exception {
        long[] ids = LongStream.rangeClosed(1, 25).toArray();
        List<Change> collected = bench.collectOrders(ids);
        xmlRoute("changes:orders?from=earliest&amp;batch=10", "<process ref=\"seen\"/>");
        List<Object> heard = new ArrayList<>();
        await().untilAsserted(() -> {
            heard.clear();
            seen.forEach(
                    exchange -> heard.addAll((List<?>) exchange.getMessage().getBody()));
            assertEquals(collected, heard);
        });
        Message first = seen.get(0).getMessage();
        int size = first.getBody(List.class).size();
        assertEquals("main-1-1~main-1-" + size, first.getHeader(BactrianHeaders.ID));
        assertEquals("orders", first.getHeader(BactrianHeaders.TABLE));
        assertEquals((long) size, first.getHeader(BactrianHeaders.POSITION));
        assertFalse(first.getHeaders().containsKey(BactrianHeaders.OPERATION));
    }

    @Test
    void aBatchCanBeSplitIntoItsChanges() throws Exception {
        xmlRoute("changes:orders?from=earliest&amp;batch=10", """
                <split><simple>${body}</simple>
                  <setBody><simple>${body.table} ${body.row[id]}</simple></setBody><process ref="seen"/>
                </split>
                """);
        bench.collectOrders(1, 2);
        await().until(() -> seen.size() == 2);
        assertEquals("orders 2", seen.get(1).getMessage().getBody());
    }

    @Test
    void oneKeysChangesStayInOrderThroughAnAsynchronousRoute() throws Exception {
        // Invariant 3; the delay returns the thread and completes the exchange on another.
        xmlRoute("changes:orders?from=earliest", """
                <delay asyncDelayed="true"><simple>${random(0,3)}</simple></delay><process ref="seen"/>
                """);
        for (int round = 0; round < 20; round++) {
            bench.collectOrders(1, 2, 3, 4, 5);
        }
        await().until(() -> seen.size() == 100);
        Map<Object, Long> last = new HashMap<>();
        for (Exchange exchange : seen) {
            long position = exchange.getMessage().getHeader(BactrianHeaders.POSITION, Long.class);
            Object key = exchange.getMessage().getHeader(BactrianHeaders.KEY);
            assertTrue(position > last.getOrDefault(key, 0L), () -> key + " at " + position + " after " + last);
            last.put(key, position);
        }
    }

    @Test
    void routesFromTheSameUriAreSubscriptionsOfTheirOwn() throws Exception {
        xmlRoutes(
                route("a", "changes:orders?from=earliest", "<process ref=\"seen\"/>"),
                route("b", "changes:orders?from=earliest", "<process ref=\"seen\"/>"));
        bench.collectOrders(1);
        await().until(() -> seen.size() == 2);
        assertEquals(
                List.of("a", "b"),
                seen.stream().map(Exchange::getFromRouteId).sorted().toList());
    }

    @Test
    void aRouteThatIsReplacedLosesNothing() throws Exception {
        // Invariant 4; what is done ahead of an unfinished change of another lane may come again.
        replaceUnderWay("changes:orders?from=earliest");
        await().untilAsserted(() -> assertEquals(
                LongStream.rangeClosed(1, 60).boxed().toList(),
                ids().stream().sorted().distinct().toList(),
                this::told));
    }

    @Test
    void aRouteInJournalOrderThatIsReplacedLosesAndRepeatsNothing() throws Exception {
        replaceUnderWay("changes:orders?from=earliest&amp;ordering=journal");
        await().until(() -> seen.size() >= 60);
        assertEquals(LongStream.rangeClosed(1, 60).boxed().toList(), ids(), this::told);
    }

    private void replaceUnderWay(String uri) throws Exception {
        String step = "<process ref=\"seen\"/>";
        xmlRoute(uri, step);
        for (long id = 1; id <= 60; id++) {
            bench.collectOrders(id);
            if (id % 20 == 0) {
                bench.context().getRouteController().stopRoute("orders");
                bench.context().removeRoute("orders");
                xmlRoute(uri, step);
            }
        }
    }

    /** What was seen, in order: exchange, change and attempt. */
    private String told() {
        return seen.stream()
                .map(exchange ->
                        exchange.getExchangeId() + ":" + exchange.getMessage().getHeader(BactrianHeaders.ID) + "/"
                                + exchange.getMessage().getHeader(BactrianHeaders.ATTEMPT))
                .collect(Collectors.joining(" "));
    }

    private void assertIds(long... ids) {
        await().until(() -> seen.size() >= ids.length);
        assertEquals(
                LongStream.of(ids).boxed().toList(), ids().stream().sorted().toList());
    }

    private List<Long> ids() {
        return seen.stream()
                .map(exchange -> ((Number) ((Map<?, ?>) exchange.getMessage().getBody()).get("id")).longValue())
                .toList();
    }

    private void bind(String name, Processor processor) {
        bench.context().getRegistry().bind(name, Processor.class, processor);
    }

    private void xmlRoute(String uri, String steps) throws Exception {
        xmlRoutes(route("orders", uri, steps));
    }

    private void xmlRoutes(String... routes) throws Exception {
        bench.load("orders.xml", "<routes>" + String.join("", routes) + "</routes>");
    }

    private static String route(String id, String uri, String steps) {
        return "<route id=\"" + id + "\"><from uri=\"" + uri + "\"/>" + steps + "</route>";
    }

    private static String messages(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause.getMessage()).append('\n');
        }
        return text.toString();
    }
}
