package io.bactrian.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.testing.SocketReceiver;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures, and prints, signed POSTs a second; the receiver shares the machine. */
@Tag("full")
class HookClientSpeedIT {
    private static final int REQUESTS = 100_000;

    @Test
    void signedPostsASecond() throws Exception {
        LongAdder received = new LongAdder();
        SocketReceiver.Listener counter = (id, body) -> {
            received.increment();
            return 204;
        };
        try (SocketReceiver receiver = SocketReceiver.start(0, counter);
                HookClient client = new HookClient(
                        HookSettings.of("127.0.0.1/32"),
                        new EndpointGuard(
                                Cidr.parseAll("127.0.0.1/32"), port -> false, SystemDefaultDnsResolver.INSTANCE),
                        Clock.systemUTC())) {
            HookTarget target =
                    new HookTarget(receiver.url(), List.of(WebhookSecret.generate()), Map.of(), Duration.ofSeconds(20));
            for (int inFlight : new int[] {16, 16, 16, 64}) {
                round(client, target, inFlight);
            }
            assertEquals(4L * REQUESTS, received.sum());
        }
    }

    private static void round(HookClient client, HookTarget target, int inFlight) throws InterruptedException {
        byte[] body =
                "{\"x\":\"".concat("y".repeat(512)).concat("\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Semaphore permits = new Semaphore(inFlight);
        CountDownLatch left = new CountDownLatch(REQUESTS);
        AtomicInteger failures = new AtomicInteger();
        long start = System.nanoTime();
        long cpu = cpu();
        for (int i = 0; i < REQUESTS; i++) {
            permits.acquire();
            client.send(new HookRequest(target, "main-1-" + i, "application/cloudevents+json", body), outcome -> {
                if (!(outcome instanceof DeliveryOutcome.Delivered)) {
                    failures.incrementAndGet();
                }
                permits.release();
                left.countDown();
            });
        }
        left.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d in flight: %,.0f POSTs/s, %.1f µs CPU each (both sides)%n",
                inFlight, REQUESTS / seconds, (cpu() - cpu) / 1e3 / REQUESTS);
        assertEquals(0, failures.get());
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
