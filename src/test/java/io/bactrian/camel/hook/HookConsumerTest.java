package io.bactrian.camel.hook;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.Rooms;
import io.bactrian.camel.Workbench;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.hook.InboundHooks;
import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.InboundHook;
import io.bactrian.hook.SignatureVerifier.Verdict;
import io.bactrian.hook.StandardWebhooks;
import io.bactrian.hook.WebhookSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookConsumerTest {
    private static final String SECRET = WebhookSecret.generate().reveal();
    private static final String JSON = "application/json";

    @TempDir
    Path directory;

    private final AtomicReference<Message> seen = new AtomicReference<>();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private Workbench bench;
    private InboundHooks hooks;

    @BeforeEach
    void open() {
        bench = new Workbench(directory, Map.of("secret", SECRET));
        hooks = Rooms.of(bench.context()).hooks();
        bench.context().getRegistry().bind("look", (org.apache.camel.Processor) exchange -> {
            seen.set(exchange.getMessage().copy());
            if (failure.get() != null) {
                throw failure.get();
            }
        });
    }

    @AfterEach
    void close() {
        bench.close();
        hooks.close();
    }

    @Test
    void aCallBecomesAnExchangeWithItsRawBytes() throws Exception {
        xml("hook:orders?secret={{secret}}&amp;origin=crm", "<process ref='look'/>");
        byte[] body = "{\"id\": 1, \"name\": \"Grüße\"}".getBytes(StandardCharsets.UTF_8);

        Answer answer = call("orders", Map.of("content-type", JSON, "x-shop", "eu"), body);

        assertEquals(204, answer.status());
        assertArrayEquals(body, (byte[]) seen.get().getBody());
        assertEquals(JSON, seen.get().getHeader(Exchange.CONTENT_TYPE));
        assertEquals("eu", seen.get().getHeader("X-Shop"));
        assertEquals("msg_1", seen.get().getHeader(BactrianHeaders.MESSAGE_ID));
        assertEquals(List.of("crm"), seen.get().getHeader(BactrianHeaders.ORIGIN));
        assertEquals("{\"id\": 1, \"name\": \"Grüße\"}", seen.get().getBody(String.class));
    }

    @Test
    void headersThatSteerOrAreSecretStayOutside() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        Map<String, String> headers = Map.of(
                "camelhttpuri", "http://evil.example",
                "CAMELFileName", "x",
                "bactrianorigin", "crm",
                "BactrianMessageId", "other",
                "authorization", "Bearer k",
                "cookie", "a=b");

        call("orders", headers, "x".getBytes(StandardCharsets.UTF_8));

        assertEquals("msg_1", seen.get().getHeader(BactrianHeaders.MESSAGE_ID));
        for (String name : List.of("CamelHttpUri", "CamelFileName", "BactrianOrigin", "Authorization", "Cookie")) {
            assertNull(seen.get().getHeader(name), name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":}",
                "[1,2",
                "{} {}",
                "nul",
                "{\"a\":\"\u0001\"}",
                "'x'",
                "{\"a\":1,}",
                "NaN"
            })
    void malformedJsonIs400AndReachesNoRoute(String body) throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        Answer answer = call(
                "orders",
                Map.of("content-type", "application/json; charset=utf-8"),
                body.getBytes(StandardCharsets.UTF_8));
        assertProblem(400, "Malformed JSON", answer);
        assertNull(seen.get());
    }

    @Test
    void deepJsonAndBrokenUtf8Are400() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        Map<String, String> json = Map.of("content-type", "application/vnd.shop+json");
        assertProblem(
                400, "Malformed JSON", call("orders", json, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)));
        assertProblem(400, "Malformed JSON", call("orders", json, new byte[] {'"', (byte) 0xc3, '(', '"'}));
        assertEquals(
                204,
                call("orders", json, "[1,{\"a\":[]},\"x\"]".getBytes(StandardCharsets.UTF_8))
                        .status());
        assertEquals(
                204,
                call("orders", json, "3.14".getBytes(StandardCharsets.UTF_8)).status());
    }

    @Test
    void whatIsNoJsonIsNotLookedAt() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        assertEquals(
                204,
                call("orders", Map.of("content-type", "text/csv"), new byte[] {'{', 0, -1})
                        .status());
        assertEquals(204, call("orders", Map.of(), new byte[0]).status());
    }

    @Test
    void theRouteCanAnswer() throws Exception {
        xml("hook:orders?secret={{secret}}", "<setBody><constant>{\"challenge\":\"abc\"}</constant></setBody>");
        Answer answer = call("orders", Map.of("content-type", JSON), "{}".getBytes(StandardCharsets.UTF_8));
        assertEquals(200, answer.status());
        assertEquals("application/json", answer.contentType());
        assertEquals("{\"challenge\":\"abc\"}", new String(answer.body(), StandardCharsets.UTF_8));
    }

    @Test
    void theRouteCanSetTheStatus() throws Exception {
        xml(
                "hook:orders?secret={{secret}}",
                "<setHeader name='CamelHttpResponseCode'><constant>202</constant></setHeader>");
        Answer answer = call("orders", Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
        assertEquals(202, answer.status());
        assertNull(answer.body());
    }

    @Test
    void whatTheRouteLeavesBehindAsDataIsNoAnswer() throws Exception {
        xml("hook:orders?secret={{secret}}", "<unmarshal><json/></unmarshal>");
        Answer answer = call("orders", Map.of("content-type", JSON), "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        assertEquals(204, answer.status());
        assertNull(answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, 503",
        "CONTENDED, 503",
        "CONSTRAINT, 422",
        "INVALID_VALUE, 422",
        "FORBIDDEN, 500",
        "INVALID_STATEMENT, 500",
        "OTHER, 500"
    })
    void aDatabasesFailureSaysWhetherToComeAgainAndNothingOfItsInside(Kind kind, int status) throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        failure.set(new DatabaseException(kind, "INSERT INTO secret_table", null));
        Answer answer = call("orders", Map.of(), "x".getBytes(StandardCharsets.UTF_8));
        assertEquals(status, answer.status());
        assertEquals(status == 503, answer.headers().containsKey("Retry-After"));
        assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("secret_table"));
    }

    @Test
    @DisplayName("invariant 8: a call is acknowledged only when its route is done")
    void aFailingRouteIsNotAcknowledged() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        failure.set(new IllegalStateException("password=hunter2"));
        Answer answer = call("orders", Map.of(), "x".getBytes(StandardCharsets.UTF_8));
        assertProblem(500, "Internal error", answer);
        assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("hunter2"));
        failure.set(null);
        assertEquals(
                204,
                call("orders", Map.of(), "x".getBytes(StandardCharsets.UTF_8)).status());
    }

    @Test
    @DisplayName("invariant 17: what isn't signed reaches nothing")
    void aCallWithoutASignatureIsRefusedByTheHooksVerifier() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        InboundHook hook = hooks.find("orders").orElseThrow();
        assertEquals(
                Verdict.Refused.class,
                hook.verifier().verify(Map.of(), new byte[0]).getClass());
        assertFalse(hook.needsKey());
        assertEquals(1024 * 1024, hook.maxSize());
    }

    @Test
    void verifyNoneNeedsAKey() throws Exception {
        xml("hook:open?verify=none&amp;maxSize=2KiB", "<process ref='look'/>");
        InboundHook hook = hooks.find("open").orElseThrow();
        assertTrue(hook.needsKey());
        assertEquals(2048, hook.maxSize());
    }

    @Test
    void githubAndGenericHmacSecretsMayHoldBlanksAndSigns() throws Exception {
        bench.context().getPropertiesComponent().addOverrideProperty("gh", "It's a Secret to Everybody");
        xml("hook:gh?verify=github&amp;secret={{gh}}", "<process ref='look'/>");
        Verdict verdict = hooks.find("gh")
                .orElseThrow()
                .verifier()
                .verify(
                        Map.of(
                                "x-hub-signature-256",
                                List.of("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")),
                        "Hello, World!".getBytes(StandardCharsets.UTF_8));
        assertEquals(Verdict.Accepted.class, verdict.getClass());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hook:orders|needs a secret",
                "hook:orders?verify=none&amp;secret=x|leave one of them out",
                "hook:orders?verify=stripe&amp;secret=x|later version",
                "hook:orders?verify=slack&amp;secret=x|later version",
                "hook:orders?verify=magic&amp;secret=x|standard, github, hmac, none",
                "hook:orders?secret={{secret}}&amp;respond=accepted|later version",
                "hook:orders?secret={{secret}}&amp;maxSize=big|maxSize=big",
                "hook:orders?secret={{secret}}&amp;maxSize=1GiB|maxSize=1GiB",
                "hook:orders?secret={{secret}}&amp;timeout=3s|outbound",
                "hook:orders?secret={{secret}}&amp;verfy=none|verfy",
                "hook:orders?secret={{secret}}&amp;origin=a,b|origin=a,b",
                "hook:orders?verify=hmac&amp;secret=x|header=",
                "hook:orders?verify=hmac&amp;secret=x&amp;header=X&amp;algorithm=md5|sha1, sha256, sha512",
                "hook:a/b?secret={{secret}}|hook:orders",
                "hook:https://x.example/|not received"
            })
    void wrongOptionsAreRefused(String uri, String message) {
        StringBuilder messages = new StringBuilder();
        try {
            xml(uri, "<process ref='look'/>");
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
            }
        }
        assertTrue(messages.toString().contains(message), messages.toString());
        assertFalse(messages.toString().contains(SECRET), messages.toString());
    }

    @Test
    void aReloadUnderTrafficFailsNoCall() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        AtomicBoolean stop = new AtomicBoolean();
        Queue<String> statuses = new ConcurrentLinkedQueue<>();
        List<Thread> callers = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> new Thread(() -> {
                    while (!stop.get()) {
                        Answer answer = call("orders", Map.of(), new byte[] {'x'});
                        statuses.add(answer.status()
                                + (answer.body() == null
                                        ? ""
                                        : " " + new String(answer.body(), StandardCharsets.UTF_8)));
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        for (int i = 0; i < 15; i++) {
            int before = statuses.size();
            await().until(() -> statuses.size() > before + 5);
            bench.context().getRouteController().stopRoute("r");
            bench.context().removeRoute("r");
            xml("hook:orders?secret={{secret}}", "<log message='version " + i + "' loggingLevel='DEBUG'/>");
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join(10_000);
        }
        assertEquals(List.of("204"), statuses.stream().distinct().toList());
    }

    @Test
    void aNameIsServedByOneRoute() throws Exception {
        xml("hook:orders?secret={{secret}}", "<process ref='look'/>");
        Exception refused = assertThrows(
                Exception.class,
                () -> bench.load(
                        "other.xml",
                        "<routes><route id='other'><from uri='hook:orders?secret={{secret}}&amp;maxSize=5B'/><process ref='look'/></route></routes>"));
        assertTrue(reasons(refused).contains("served by another route"), reasons(refused));
        assertEquals(1024 * 1024, hooks.find("orders").orElseThrow().maxSize());
    }

    private static String reasons(Throwable failure) {
        StringBuilder reasons = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            reasons.append(cause.getMessage()).append('\n');
        }
        return reasons.toString();
    }

    /** As the HTTP server calls. */
    private Answer call(String name, Map<String, String> headers, byte[] body) {
        Map<String, List<String>> all = new HashMap<>();
        headers.forEach((header, value) -> all.put(header, List.of(value)));
        long now = Instant.now().getEpochSecond();
        all.put("webhook-id", List.of("msg_1"));
        all.put("webhook-timestamp", List.of(Long.toString(now)));
        all.put(
                "webhook-signature",
                List.of(StandardWebhooks.sign("msg_1", now, body, WebhookSecret.parseAll(SECRET))));
        InboundHook hook = hooks.find(name).orElseThrow();
        Verdict verdict = hook.verifier().verify(all, body);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        hook.handler()
                .handle(
                        new Call(name, all, Map.of(), body, ((Verdict.Accepted) verdict).messageId()),
                        made -> assertTrue(answer.complete(made), "answered twice"));
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void xml(String from, String steps) throws Exception {
        bench.load("r.xml", "<routes><route id='r'><from uri='" + from + "'/>" + steps + "</route></routes>");
    }

    private static void assertProblem(int status, String title, Answer answer) {
        assertEquals(status, answer.status());
        assertEquals("application/problem+json", answer.contentType());
        assertTrue(new String(answer.body(), StandardCharsets.UTF_8).contains("\"title\":\"" + title + "\""));
    }
}
