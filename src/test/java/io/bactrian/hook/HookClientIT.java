package io.bactrian.hook;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.HookReceiver.Answer;
import io.bactrian.testing.RawReceiver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookClientIT extends Deliveries {
    private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");

    /** Stands where the test puts it. */
    private static final class TestClock extends Clock {
        private final AtomicReference<Instant> time;

        TestClock(AtomicReference<Instant> time) {
            this.time = time;
        }

        @Override
        public Instant instant() {
            return time.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aSignedRequestArrivesAndAnotherLibraryVerifiesIt() {
        WebhookSecret secret = WebhookSecret.generate();
        HookReceiver receiver = opened(HookReceiver.start(secret.reveal()));
        HookTarget target = new HookTarget(
                receiver.url("/in?key=a%20b&x=1"),
                List.of(secret),
                Map.of("Authorization", "Bearer abc"),
                Duration.ofSeconds(5));
        HookRequest request =
                new HookRequest(target, "main-1-7", "application/json", BODY, Map.of("ce-id", "main-1-7"));

        assertInstanceOf(DeliveryOutcome.Delivered.class, send(client(Clock.systemUTC()), request));

        HookReceiver.Call call = receiver.calls().get(0);
        assertTrue(call.verified(), call.toString());
        assertEquals("main-1-7", call.id());
        assertEquals("/in?key=a%20b&x=1", call.target());
        assertEquals("{\"name\":\"Grüße\"}", call.body());
        assertEquals(
                "application/json", call.headers().firstValue("content-type").orElseThrow());
        assertEquals("Bearer abc", call.headers().firstValue("authorization").orElseThrow());
        assertEquals("main-1-7", call.headers().firstValue("ce-id").orElseThrow());
        assertEquals(
                "127.0.0.1:" + receiver.port(),
                call.headers().firstValue("host").orElseThrow());
    }

    @Test
    @DisplayName("invariant 5: a retry has the same id and the time of its own attempt")
    void aRetryHasTheSameIdAndTheTimeOfItsOwnAttempt() {
        HookReceiver receiver = opened(HookReceiver.start());
        var clock = new AtomicReference<>(NOW);
        HookClient client = client(new TestClock(clock));
        HookRequest request = request(receiver.url());

        send(client, request);
        clock.set(NOW.plusSeconds(60));
        send(client, request);

        List<HookReceiver.Call> calls = receiver.calls();
        assertEquals(calls.get(0).id(), calls.get(1).id());
        assertEquals(timestamp(calls.get(0)) + 60, timestamp(calls.get(1)));
    }

    @Test
    void connectionsAreKept() {
        RawReceiver receiver = opened(new RawReceiver(socket -> {
            while (true) {
                RawReceiver.readRequest(socket.getInputStream());
                socket.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
            }
        }));
        HookClient client = client(Clock.systemUTC());
        for (int i = 0; i < 20; i++) {
            assertInstanceOf(DeliveryOutcome.Delivered.class, send(client, request(receiver.url())));
        }
        assertEquals(1, receiver.connections());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void anything2xxIsDelivered(int status) {
        HookReceiver receiver = opened(HookReceiver.start());
        receiver.answer(status);
        assertInstanceOf(DeliveryOutcome.Delivered.class, send(client(Clock.systemUTC()), request(receiver.url())));
    }

    @Test
    void aFailureShowsTheUrlTheStatusAndTheFirstBytesButNotTheQuery() {
        HookReceiver receiver = opened(HookReceiver.start());
        receiver.answer(call -> Answer.of(500, "no\u001b[31m luck\r\ntoday"));

        String message = failure(client(Clock.systemUTC()), receiver.url("/x?token=s3cret"));

        assertEquals("http://127.0.0.1:" + receiver.port() + "/x answered 500: no [31m luck  today", message);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirectsAreFailuresAndNotFollowed(int status) {
        HookReceiver receiver = opened(HookReceiver.start());
        receiver.answer(call -> Answer.of(status).with("Location", "/elsewhere"));

        String message = failure(client(Clock.systemUTC()), receiver.url());

        assertTrue(message.contains("redirect"), message);
        assertEquals(1, receiver.calls().size());
    }

    @Test
    void goneDisables() {
        HookReceiver receiver = opened(HookReceiver.start());
        receiver.answer(410);
        assertInstanceOf(DeliveryOutcome.Disabled.class, send(client(Clock.systemUTC()), request(receiver.url())));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void aThrottlingReceiverSaysWhenToComeAgain(int status) {
        HookReceiver receiver = opened(HookReceiver.start());
        HookClient client = client(Clock.fixed(NOW, ZoneOffset.UTC));
        Map<String, Instant> times = Map.of(
                "120",
                NOW.plusSeconds(120),
                "0",
                NOW,
                "99999999",
                NOW.plus(Answers.LONGEST_DELAY),
                "99999999999999999999",
                NOW.plus(Answers.LONGEST_DELAY),
                DateTimeFormatter.RFC_1123_DATE_TIME.format(NOW.plusSeconds(90).atOffset(ZoneOffset.UTC)),
                NOW.plusSeconds(90),
                DateTimeFormatter.RFC_1123_DATE_TIME.format(NOW.minusSeconds(90).atOffset(ZoneOffset.UTC)),
                NOW);
        times.forEach((retryAfter, time) -> {
            receiver.answer(call -> Answer.of(status).with("Retry-After", retryAfter));
            DeliveryOutcome outcome = send(client, request(receiver.url()));
            assertEquals(
                    time,
                    assertInstanceOf(DeliveryOutcome.RetryAt.class, outcome).time(),
                    retryAfter);
        });
        receiver.answer(call -> Answer.of(status).with("Retry-After", "soon"));
        assertInstanceOf(DeliveryOutcome.Failed.class, send(client, request(receiver.url())));
        receiver.answer(status);
        assertInstanceOf(DeliveryOutcome.Failed.class, send(client, request(receiver.url())));
    }

    @Test
    void closingEndsWhatIsUnderWayAndRefusesMore() throws Exception {
        HookReceiver hanging = opened(HookReceiver.start());
        hanging.hang();
        HookClient client = client(Clock.systemUTC());
        CompletableFuture<DeliveryOutcome> hung = sending(client, request(hanging.url()));
        await().until(() -> hanging.calls().size() == 1);

        long start = System.nanoTime();
        client.close();

        assertInstanceOf(DeliveryOutcome.Failed.class, hung.get(1, TimeUnit.SECONDS));
        assertInstanceOf(DeliveryOutcome.Failed.class, send(client, request(hanging.url())));
        assertTrue(System.nanoTime() - start < 2_000_000_000L, "closing took long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://x.example/",
                "file:///etc/passwd",
                "x",
                "http://",
                "http:///x",
                "http://user:pw@x.example/",
                "http://x.example:99999/",
                "http://x y/?token=pw",
                "https://x.example/a b?token=pw"
            })
    void aUrlThatIsNoneIsRefusedWithoutItsSecrets(String url) {
        var failure = assertThrows(IllegalArgumentException.class, () -> target(url, Duration.ofSeconds(1)));
        assertFalse(failure.getMessage().contains("pw"), failure.getMessage());
    }
}
