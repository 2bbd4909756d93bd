package io.bactrian.camel.hook;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.hook.EndpointGuard;
import io.bactrian.hook.HookClient;
import io.bactrian.hook.HookSettings;
import io.bactrian.subscription.Attempt;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.Way;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.HookReceiver.Answer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.util.URISupport;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What leaves by {@code hook:}. In one file, so that it reads as a table of contents; many lines are the routes. */
class HookProducerIT {
    /** Its base64 holds + and /, as base64 does. */
    private static final String SECRET = "whsec_++++////ab+/ab+/ab+/ab+/ab+/ab+/";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private HookReceiver receiver;
    private HookClient client;
    private Workbench bench;

    @BeforeEach
    void open() {
        receiver = HookReceiver.start(SECRET);
        HookSettings settings = HookSettings.of("127.0.0.1/32");
        client = new HookClient(
                settings,
                new EndpointGuard(settings.allowCidr(), port -> false, SystemDefaultDnsResolver.INSTANCE),
                Clock.systemUTC());
        bench = new Workbench(directory, Map.of("crm.url", receiver.url("/crm?token=t"), "crm.secret", SECRET));
        bench.context().getRegistry().bind("hookClient", client);
    }

    @AfterEach
    void close() {
        bench.close();
        client.close();
        receiver.close();
    }

    @Test
    void anUntouchedChangeIsSentAsItself() throws Exception {
        xml("<route id='r'><from uri='changes:orders'/><to uri='hook:{{crm.url}}&amp;secret={{crm.secret}}'/></route>");

        Change change = bench.collectOrders(42).get(0);

        HookReceiver.Call call = arrived(1).get(0);
        assertTrue(call.verified(), call.toString());
        assertEquals("/crm?token=t", call.target());
        assertEquals(ChangeJson.cloudEvent(change), call.body());
        assertEquals(change.id().toString(), call.id());
        assertEquals(
                "application/cloudevents+json",
                call.headers().firstValue("content-type").orElseThrow());
    }

    @Test
    @DisplayName("invariant 5: every attempt carries the change's id")
    void everyAttemptCarriesTheChangesId() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        receiver.answer(call -> Answer.of(attempts.incrementAndGet() < 3 ? 500 : 204));
        xml("<route id='r'><from uri='changes:orders'/><to uri='hook:{{crm.url}}&amp;secret={{crm.secret}}'/></route>");

        Change change = bench.collectOrders(42).get(0);

        for (HookReceiver.Call call : arrived(3)) {
            assertTrue(call.verified(), call.toString());
            assertEquals(change.id().toString(), call.id());
        }
    }

    @Test
    @DisplayName("invariant 17: answers are on record, secrets are not")
    void answersAreOnRecordAndSecretsAreNot() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        receiver.answer(call -> calls.incrementAndGet() == 1
                ? Answer.of(
                        500,
                        "you sent " + call.target() + " with "
                                + call.headers().firstValue("authorization").orElse(""))
                : Answer.of(202, "thanks"));
        xml("<route id='r'><from uri='changes:orders'/>"
                + "<to uri='hook:{{crm.url}}oken-of-the-url&amp;secret={{crm.secret}}"
                + "&amp;header.Authorization=Bearer%20t0ken-of-the-header'/></route>");

        Change change = bench.collectOrders(42).get(0);

        await().until(() -> way(change).state() == Way.State.DELIVERED);
        List<Attempt> attempts = way(change).attempts();
        assertEquals(2, attempts.size(), attempts::toString);
        io.bactrian.subscription.Answer refused = attempts.get(0).answers().get(0);
        assertEquals(500, refused.status());
        assertTrue(refused.body().startsWith("you sent /crm?"), refused.toString());
        io.bactrian.subscription.Answer taken = attempts.get(1).answers().get(0);
        assertEquals(202, taken.status());
        assertEquals("thanks", taken.body());
        io.bactrian.subscription.Answer.Request request = taken.request();
        assertEquals(receiver.url("/crm?token=$SECRET_TOKEN"), request.target());
        assertEquals(List.of("Authorization: Bearer $SECRET_AUTHORIZATION"), request.headers());
        assertTrue(request.signed());
        assertEquals("cloudevents", request.format());
        assertEquals("", request.id());
        for (String secret : List.of("token-of-the-url", "t0ken-of-the-header", SECRET)) {
            assertFalse(attempts.toString().contains(secret), attempts::toString);
        }
    }

    @Test
    void theAnswersOfASplitChangeAreAllOnRecord() throws Exception {
        xml("<route id='r'><from uri='changes:orders'/>"
                + "<split><constant>a,b</constant><to uri='hook:{{crm.url}}'/></split></route>");

        Change change = bench.collectOrders(42).get(0);

        await().until(() -> way(change).state() == Way.State.DELIVERED);
        List<io.bactrian.subscription.Answer> answers =
                way(change).attempts().get(0).answers();
        assertEquals(
                List.of(change.id() + "~0", change.id() + "~1"),
                answers.stream().map(answer -> answer.request().id()).toList());
        assertEquals("", answers.get(0).request().format(), "the route made the body");
    }

    private Way way(Change change) {
        return bench.subscriptions.ways().of(change).get(0);
    }

    @Test
    void aBodyThatTheRouteMadeBecomesTheEventsData() throws Exception {
        xml("<route id='r'><from uri='changes:orders'/>"
                + "<setBody><simple>{\"order\": ${body[id]}}</simple></setBody><to uri='hook:{{crm.url}}'/></route>");

        Change change = bench.collectOrders(42).get(0);

        JsonNode event = JSON.readTree(arrived(1).get(0).body());
        assertEquals("{\"order\":42}", event.get("data").toString());
        assertEquals(change.id().toString(), event.get("id").asText());
        assertEquals(change.operation().eventType(), event.get("type").asText());
        assertEquals("42", event.get("subject").asText());
    }

    @Test
    void aRowThatTheRouteChangedBecomesTheEventsData() throws Exception {
        bench.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("changes:orders")
                        .routeId("r")
                        .process(e -> rowOf(e).put("total", 7))
                        .to("hook:{{crm.url}}");
            }
        });
        bench.collectOrders(42);
        assertEquals(
                "{\"id\":42,\"status\":\"new\",\"total\":7}",
                JSON.readTree(arrived(1).get(0).body()).get("data").toString());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> rowOf(Exchange exchange) {
        return exchange.getMessage().getBody(Map.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "row|application/json|{\"id\":42,\"status\":\"new\"}",
                "body|application/json|{\"id\":42,\"status\":\"new\"}",
                "standard|application/json|{\"type\":\"row.inserted\",\"timestamp\":\"2026-03-01T10:00:00.123456Z\",\"data\":DATA}",
                "cloudevents-binary|application/json|DATA"
            })
    void aChangeIsSentInTheFormatAskedFor(String format, String contentType, String body) throws Exception {
        xml("<route id='r'><from uri='changes:orders'/><to uri='hook:{{crm.url}}&amp;format=" + format + "'/></route>");

        Change change = bench.collectOrders(42).get(0);

        HookReceiver.Call call = arrived(1).get(0);
        assertEquals(body.replace("DATA", ChangeJson.data(change)), call.body());
        assertEquals(contentType, call.headers().firstValue("content-type").orElseThrow());
        if (format.equals("cloudevents-binary")) {
            assertEquals(
                    change.id().toString(), call.headers().firstValue("ce-id").orElseThrow());
            assertEquals(
                    "/databases/main/tables/orders",
                    call.headers().firstValue("ce-source").orElseThrow());
            assertEquals(
                    change.operation().eventType(),
                    call.headers().firstValue("ce-type").orElseThrow());
            assertEquals("42", call.headers().firstValue("ce-subject").orElseThrow());
        }
    }

    @Test
    void aBatchIsSentAsABatchOfEvents() throws Exception {
        xml("<route id='r'><from uri='changes:orders?batch=10'/><to uri='hook:{{crm.url}}'/></route>");

        List<Change> changes = bench.collectOrders(1, 2, 3);

        HookReceiver.Call call = arrived(1).get(0);
        assertEquals(
                "application/cloudevents-batch+json",
                call.headers().firstValue("content-type").orElseThrow());
        List<String> events = changes.stream().map(ChangeJson::cloudEvent).toList();
        assertEquals("[" + String.join(",", events) + "]", call.body());
        assertEquals(changes.get(0).id() + "~" + changes.get(2).id(), call.id());
    }

    @Test
    void theChangesOfASplitBatchKeepTheirIds() throws Exception {
        xml("<route id='r'><from uri='changes:orders?batch=10'/><split><simple>${body}</simple>"
                + "<to uri='hook:{{crm.url}}'/></split></route>");
        List<Change> changes = bench.collectOrders(1, 2, 3);
        assertEquals(
                changes.stream().map(change -> change.id().toString()).toList(),
                arrived(3).stream().map(HookReceiver.Call::id).toList());
    }

    @Test
    void thePartsOfASplitChangeAreMessagesOfTheirOwn() throws Exception {
        xml("<route id='r'><from uri='changes:orders'/><split><constant>a,b</constant>"
                + "<to uri='hook:{{crm.url}}'/></split></route>");
        String id = bench.collectOrders(1).get(0).id().toString();
        assertEquals(
                List.of(id + "~0", id + "~1"),
                arrived(2).stream().map(HookReceiver.Call::id).toList());
    }

    @Test
    void aMessageThatIsNoChangeIsAnEventOfItsRoute() throws Exception {
        xml("<route id='r'><from uri='direct:in'/><to uri='hook:{{crm.url}}'/></route>");

        send("direct:in", Map.of("a", List.of(1, 2)), Map.of());
        send("direct:in", "plain text", Map.of());
        send("direct:in", "{\"a\":1}", Map.of(BactrianHeaders.MESSAGE_ID, "ID:host.example-1"));

        List<HookReceiver.Call> calls = arrived(3);
        JsonNode first = JSON.readTree(calls.get(0).body());
        assertEquals("{\"a\":[1,2]}", first.get("data").toString());
        assertEquals("/routes/r", first.get("source").asText());
        assertEquals(calls.get(0).id(), first.get("id").asText());
        assertNotEquals(calls.get(0).id(), calls.get(1).id());
        assertEquals(
                "\"plain text\"", JSON.readTree(calls.get(1).body()).get("data").toString());
        assertEquals("ID:host_example-1", calls.get(2).id());
        assertEquals("{\"a\":1}", JSON.readTree(calls.get(2).body()).get("data").toString());
    }

    @Test
    void theErrorHandlersRetriesKeepAMadeUpId() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        receiver.answer(call -> Answer.of(attempts.incrementAndGet() < 3 ? 500 : 204));
        bench.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(1));
                from("direct:in").routeId("r").to("hook:{{crm.url}}");
            }
        });
        assertNull(send("direct:in", "x", Map.of()).getException());
        assertEquals(
                1, arrived(3).stream().map(HookReceiver.Call::id).distinct().count());
    }

    @Test
    void aFailureIsTypedForTheSubscriptionAndLeavesTheMessageAsItIs() throws Exception {
        xml("<route id='r'><from uri='direct:in'/><errorHandler><noErrorHandler/></errorHandler>"
                + "<to uri='hook:{{crm.url}}'/></route>");
        receiver.answer(410);
        DeliveryException gone = failure(send("direct:in", "x", Map.of()));
        assertInstanceOf(DeliveryOutcome.Disabled.class, gone.outcome());
        assertTrue(gone.getMessage().endsWith("/crm answered 410"), gone.getMessage());
        receiver.answer(call -> Answer.of(429).with("Retry-After", "30"));
        Exchange throttled = send("direct:in", "x", Map.of());
        assertInstanceOf(DeliveryOutcome.RetryAt.class, failure(throttled).outcome());
        assertEquals("x", throttled.getMessage().getBody());
    }

    private static DeliveryException failure(Exchange exchange) {
        return assertInstanceOf(DeliveryException.class, exchange.getException());
    }

    @Test
    @DisplayName("invariant 6: slow steps after a delivery leave the threads that all hooks share")
    void slowStepsAfterADeliveryLeaveTheThreadsThatAllHooksShare() throws Exception {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        bench.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").routeId("r").to("hook:{{crm.url}}").process(exchange -> {
                    threads.add(Thread.currentThread().getName());
                    assertFalse(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS));
                });
            }
        });
        for (int i = 0; i < 6; i++) {
            assertNull(send("direct:in", "x", Map.of()).getException());
        }
        assertTrue(threads.stream().skip(4).allMatch(name -> name.contains("hook-continuation")), threads.toString());
    }

    @Test
    void theMessagesHeadersStayHereAndThoseOfTheOptionsGo() throws Exception {
        xml(
                "<route id='r'><from uri='direct:in'/>"
                        + "<to uri='hook:{{crm.url}}&amp;origin=x%20y&amp;b=1+2&amp;a=%3D&amp;b=3&amp;header.Authorization=Bearer abc&amp;timeout=3s'/></route>");
        send("direct:in", "x", Map.of("X-Internal", "secret", "Authorization", "Bearer internal"));
        HookReceiver.Call call = arrived(1).get(0);
        assertEquals(List.of("Bearer abc"), call.headers().allValues("authorization"));
        assertTrue(call.headers().firstValue("x-internal").isEmpty());
        assertEquals("/crm?token=t&origin=x%20y&b=1+2&b=3&a=%3D", call.target());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hook:http://x.example/?format=xml|format=xml is not one of",
                "hook:http://x.example/?secret=hunter2|'whsec_'",
                "hook:http://x.example/?header.Host=y|header.Host can't be set",
                "hook:http://u:hunter2@x.example/|no user and password",
                "hook:http://x.example/?timeout=2h|at most 10 minutes",
                "hook:orders?secret=hunter2|whsec_",
                "hook:orders|needs a secret"
            })
    void wrongOptionsAreRefusedWhenTheRouteIsLoaded(String uri, String message) {
        String all = messages(() -> xml("<route id='r'><from uri='direct:in'/><to uri='" + uri + "'/></route>"));
        assertTrue(all.contains(message), all);
        assertFalse(all.contains("hunter2"), all);
    }

    @Test
    void aNameCantBeSentTo() {
        String all = messages(() ->
                xml("<route id='r'><from uri='direct:in'/><to uri='hook:orders?secret={{crm.secret}}'/></route>"));
        assertTrue(all.contains("give the URL"), all);
    }

    @Test
    void yamlAndJavaRoutesSendToo() throws Exception {
        bench.load("r.yaml", """
                - route:
                    id: r
                    from:
                      uri: direct:in
                      steps:
                        - to:
                            uri: hook:{{crm.url}}
                            parameters:
                              secret: "{{crm.secret}}"
                              format: body
                              header.Authorization: "a b"
                """);
        bench.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:java").routeId("j").to("hook:{{crm.url}}&format=body&secret=RAW(" + SECRET + ")");
            }
        });
        send("direct:in", "{}", Map.of());
        send("direct:java", "{}", Map.of());
        for (HookReceiver.Call call : arrived(2)) {
            assertTrue(call.verified(), call.toString());
            assertEquals("{}", call.body());
            assertEquals("/crm?token=t", call.target());
        }
        assertEquals(
                "a b",
                receiver.calls().get(0).headers().firstValue("authorization").orElseThrow());
    }

    @Test
    void theSecretIsNotInTheEndpointsText() {
        var endpoint =
                bench.context().getEndpoint("hook:{{crm.url}}&secret={{crm.secret}}&header.Authorization=hunter2");
        assertFalse(URISupport.sanitizeUri(endpoint.getEndpointUri()).contains("hunter2"));
        assertFalse(endpoint.toString().contains("++++"), endpoint.toString());
        assertFalse(endpoint.toString().contains("hunter2"), endpoint.toString());
        assertFalse(endpoint.toString().contains("token=t"), endpoint.toString());
    }

    private interface Loading {
        void load() throws Exception;
    }

    private static String messages(Loading loading) {
        StringBuilder messages = new StringBuilder();
        try {
            loading.load();
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
            }
        }
        return messages.toString();
    }

    private Exchange send(String to, Object body, Map<String, Object> headers) {
        return bench.context()
                .createFluentProducerTemplate()
                .to(to)
                .withBody(body)
                .withHeaders(headers)
                .send();
    }

    private void xml(String route) throws Exception {
        bench.load("r.xml", "<routes>" + route + "</routes>");
    }

    private List<HookReceiver.Call> arrived(int count) {
        await().untilAsserted(() -> assertEquals(count, receiver.calls().size(), () -> "Arrived: " + receiver.calls()));
        return receiver.calls();
    }
}
