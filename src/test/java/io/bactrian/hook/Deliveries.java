package io.bactrian.hook;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.testing.HookReceiver;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;

/** Clients, requests and their outcomes; what a test opened is closed after it. */
abstract class Deliveries {
    static final byte[] BODY = "{\"name\":\"Grüße\"}".getBytes(StandardCharsets.UTF_8);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    HookClient client(Clock clock) {
        return client(clock, SystemDefaultDnsResolver.INSTANCE);
    }

    HookClient client(Clock clock, DnsResolver names) {
        HookSettings settings = HookSettings.of("127.0.0.1/32");
        return opened(new HookClient(settings, new EndpointGuard(settings.allowCidr(), port -> false, names), clock));
    }

    <T extends AutoCloseable> T opened(T each) {
        open.add(0, each);
        return each;
    }

    static HookTarget target(String url, Duration timeout) {
        return new HookTarget(url, List.of(), Map.of(), timeout);
    }

    static HookRequest request(String url) {
        return new HookRequest(target(url, Duration.ofSeconds(5)), "main-1-7", "application/json", BODY);
    }

    static CompletableFuture<DeliveryOutcome> sending(HookClient client, HookRequest request) {
        CompletableFuture<DeliveryOutcome> future = new CompletableFuture<>();
        client.send(request, outcome -> {
            if (!future.complete(outcome)) {
                throw new AssertionError("Told twice: " + outcome);
            }
        });
        return future;
    }

    static DeliveryOutcome send(HookClient client, HookRequest request) {
        return sending(client, request).orTimeout(10, TimeUnit.SECONDS).join();
    }

    static String failure(HookClient client, String url) {
        return messageOf(send(client, request(url)));
    }

    static String messageOf(DeliveryOutcome outcome) {
        return String.valueOf(
                assertInstanceOf(DeliveryOutcome.Failed.class, outcome).cause().getMessage());
    }

    static long timestamp(HookReceiver.Call call) {
        return Long.parseLong(call.headers().firstValue("webhook-timestamp").orElseThrow());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
