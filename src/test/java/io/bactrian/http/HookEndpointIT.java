package io.bactrian.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.Handler;
import io.bactrian.hook.InboundHooks.InboundHook;
import io.bactrian.hook.SignatureVerifier;
import io.bactrian.hook.SignatureVerifier.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HookEndpointIT {
    /** Accepts whoever says the word. */
    private static final SignatureVerifier WORD = (headers, body) -> headers.getOrDefault("x-word", List.of())
                    .contains("sesame")
            ? new Verdict.Accepted(headers.getOrDefault("x-id", List.of("none")).get(0))
            : new Verdict.Refused("x-word isn't the word");

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private HttpRig rig;

    @BeforeAll
    void start(@TempDir Path data) {
        rig = new HttpRig(data);
        Handler taking = (call, answer) -> {
            calls.add(call);
            answer.accept(new Answer(200, "text/plain", "taken".getBytes(StandardCharsets.UTF_8)));
        };
        rig.hooks.add(new InboundHook("orders", WORD, 1000, false, taking));
        rig.hooks.add(new InboundHook("keyed", WORD, 1000, true, taking));
        rig.hooks.add(new InboundHook("large", WORD, 3_000_000, false, taking));
        rig.hooks.add(new InboundHook("throwing", WORD, 1000, false, (call, answer) -> {
            throw new IllegalStateException("SELECT secret FROM inside");
        }));
        rig.hooks.add(new InboundHook("later", WORD, 1000, false, (call, answer) -> {
            Thread other = new Thread(() -> {
                answer.accept(new Answer(204, null, null));
                answer.accept(new Answer(500, null, null));
            });
            other.start();
        }));
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @BeforeEach
    void forget() {
        calls.clear();
    }

    @Test
    void aVerifiedCallReachesItsHandlerWhole() {
        String body = "{\"ü\":1}\n";
        HttpResponse<String> answer = call("orders?a=1&b=x%20y&a=2", body, "X-Id", "m1", "Content-Type", "text/x");
        assertEquals(200, answer.statusCode());
        assertEquals("taken", answer.body());
        Call call = calls.remove();
        assertArrayEquals(body.getBytes(StandardCharsets.UTF_8), call.body());
        assertEquals("orders", call.hook());
        assertEquals("m1", call.messageId());
        assertEquals(List.of("text/x"), call.headers().get("content-type"));
        assertEquals(List.of("1", "2"), call.query().get("a"));
        assertEquals(List.of("x y"), call.query().get("b"));
    }

    @Test
    void aFormEncodedBodyArrivesRaw() {
        call("orders", "a=1&b=2", "Content-Type", "application/x-www-form-urlencoded");
        assertEquals("a=1&b=2", new String(calls.remove().body(), StandardCharsets.UTF_8));
    }

    @Test
    void anEmptyBodyIsABodyToo() {
        assertEquals(200, call("orders", "").statusCode());
        assertEquals(0, calls.remove().body().length);
    }

    @Test
    @DisplayName("invariant 17: a call that can't be verified reaches no handler")
    void aWrongSignatureIs401AndNothingHappens() {
        HttpResponse<String> answer = rig.sendOpen("POST", "/hooks/orders", "{}", "X-Word", "abracadabra");
        assertEquals(401, answer.statusCode());
        assertProblem(answer, 401);
        assertTrue(calls.isEmpty());
    }

    @Test
    void headersThatSteerUsAreDroppedWhateverTheirCase() {
        call("orders", "{}", "BACTRIANorigin", "evil", "camelHttpPath", "/evil", "CaMeL-x", "1", "X-Fine", "1");
        Call call = calls.remove();
        assertTrue(call.headers().containsKey("x-fine"));
        assertTrue(
                call.headers().keySet().stream()
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).matches("(bactrian|camel).*")),
                call.headers().toString());
    }

    @Test
    void aBodyOverTheLimitIs413AndReachesNobody() {
        assertEquals(200, call("orders", "x".repeat(1000)).statusCode());
        calls.clear();
        assertEquals(413, call("orders", "x".repeat(1001)).statusCode());
        // More than a socket's buffers hold: the sender must hear the answer, not a reset.
        assertProblem(call("orders", "x".repeat(2_000_000)), 413);
        assertTrue(calls.isEmpty());
    }

    @Test
    void aLargeBodyArrivesWhole() {
        byte[] body = new byte[2_999_999];
        Arrays.fill(body, (byte) 'a');
        body[body.length - 1] = 'z';
        assertEquals(
                200, call("large", new String(body, StandardCharsets.US_ASCII)).statusCode());
        assertArrayEquals(body, calls.remove().body());
    }

    @Test
    void aBodyInDribsAndDrabsArrivesWholeAndHoldsNoThread() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", rig.server.port())) {
            OutputStream to = socket.getOutputStream();
            to.write(("POST /hooks/orders HTTP/1.1\r\nHost: t\r\nX-Word: sesame\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (String part : List.of("ab", "c", "def")) {
                to.write((part.length() + "\r\n" + part + "\r\n").getBytes(StandardCharsets.US_ASCII));
                to.flush();
                // Another call in between proves that the server isn't waiting for this one.
                assertEquals(200, call("large", part).statusCode());
            }
            to.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            to.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(200, HttpRig.status(answer));
        }
        assertTrue(
                calls.stream().anyMatch(each -> new String(each.body(), StandardCharsets.US_ASCII).equals("abcdef")));
    }

    @Test
    void anAnswerMayComeFromAnyThreadAndOnlyTheFirstCounts() {
        HttpResponse<String> answer = call("later", "{}");
        assertEquals(204, answer.statusCode());
        assertEquals("", answer.body());
        assertEquals(200, call("orders", "{}").statusCode());
    }

    @Test
    void aHandlerThatThrowsIs500WithoutInternals() {
        HttpResponse<String> answer = call("throwing", "{}");
        assertProblem(answer, 500);
        assertFalse(answer.body().contains("SELECT"), answer.body());
    }

    @Test
    void anUnknownHookIs404AndOtherMethodsAre405() {
        assertProblem(call("nobody", "{}"), 404);
        assertProblem(call("orders/x", "{}"), 404);
        assertProblem(call("", "{}"), 404);
        HttpResponse<String> answer = rig.sendOpen("GET", "/hooks/orders", null);
        assertProblem(answer, 405);
        assertEquals("POST", answer.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void aHookWithoutSignatureNeedsAKeyAndDoesNotSeeIt() {
        assertProblem(call("keyed", "{}"), 401);
        assertTrue(calls.isEmpty());
        assertEquals(
                200,
                call("keyed", "{}", "Authorization", "Bearer " + HttpRig.ADMIN_KEY)
                        .statusCode());
        assertNull(calls.remove().headers().get("authorization"));
    }

    @Test
    void whileThePlatformStartsAnUnknownHookIsNotYetAndWhileItStopsEveryOne(@TempDir Path data) {
        try (HttpRig other = new HttpRig(data)) {
            other.hooks.add(new InboundHook(
                    "orders", WORD, 1000, false, (call, answer) -> answer.accept(new Answer(204, null, null))));
            HttpServer starting = new HttpServer(
                    HttpSettings.local(0),
                    new ServedRooms(
                            other.keys, other.hooks, other.subscriptions, List.of(), (d, t) -> true, other.platform));
            starting.start();
            try (starting) {
                String early = rawCall(starting.port(), "nobody");
                assertEquals(503, HttpRig.status(early), early);
                assertTrue(early.contains("Retry-After: 2"), early);
                assertEquals(204, HttpRig.status(rawCall(starting.port(), "orders")));
                starting.routesLoaded();
                assertEquals(404, HttpRig.status(rawCall(starting.port(), "nobody")));
                starting.drain();
                String late = rawCall(starting.port(), "orders");
                assertEquals(503, HttpRig.status(late), late);
            }
        }
    }

    @Test
    @DisplayName("invariant 6: calls that hang leave the others their threads")
    void whileHandlersHangWeStillLiveAndRefuseMore(@TempDir Path data) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (HttpRig other = new HttpRig(data)) {
            AtomicInteger hanging = new AtomicInteger();
            other.hooks.add(new InboundHook("hanging", WORD, 1000, false, (call, answer) -> {
                hanging.incrementAndGet();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                answer.accept(new Answer(204, null, null));
            }));
            List<Socket> callers = new ArrayList<>();
            try {
                for (int i = 0; i < 120; i++) {
                    Socket socket = new Socket("127.0.0.1", other.server.port());
                    callers.add(socket);
                    socket.getOutputStream().write(rawCall("hanging"));
                }
                await().until(() -> hanging.get() == 100);
                assertEquals(503, HttpRig.status(send(other.server.port(), rawCall("hanging"))));
                assertEquals(200, other.sendOpen("GET", "/health/live", null).statusCode());
                over.countDown();
                int served = 0;
                for (Socket socket : callers) {
                    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    served += HttpRig.status(answer) == 204 ? 1 : 0;
                }
                assertEquals(100, served);
            } finally {
                over.countDown();
                for (Socket socket : callers) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void aCallUnderWayIsAnsweredWhenTheServerStops(@TempDir Path data) throws Exception {
        try (HttpRig other = new HttpRig(data)) {
            CompletableFuture<Runnable> arrived = new CompletableFuture<>();
            other.hooks.add(new InboundHook(
                    "slow",
                    WORD,
                    1000,
                    false,
                    (call, answer) -> arrived.complete(
                            () -> answer.accept(new Answer(200, "text/plain", new byte[] {'o', 'k'})))));
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
                    () -> other.sendOpen("POST", "/hooks/slow", "{}", "X-Word", "sesame"));
            Runnable finish = arrived.get();
            Thread closing = new Thread(other.server::close);
            closing.start();
            finish.run();
            assertEquals("ok", answer.get().body());
            closing.join(15_000);
            assertFalse(closing.isAlive());
        }
    }

    private static String rawCall(int port, String hook) {
        return send(port, rawCall(hook));
    }

    private static byte[] rawCall(String hook) {
        return ("POST /hooks/" + hook + " HTTP/1.1\r\nHost: t\r\nX-Word: sesame\r\nConnection: close\r\n"
                        + "Content-Length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String send(int port, byte[] request) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> call(String hook, String body, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "X-Word";
        all[headers.length + 1] = "sesame";
        return rig.sendOpen("POST", "/hooks/" + hook, body, all);
    }

    static void assertProblem(HttpResponse<String> answer, int status) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("Content-Type").orElse(""),
                answer.body());
        assertTrue(answer.body().contains("\"status\":" + status), answer.body());
    }
}
