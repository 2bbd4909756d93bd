package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One subscription's trouble is no other's, and one that does nothing costs nothing. */
class SubscriptionIsolationTest {
    @TempDir
    Path directory;

    private Platform platform;

    @BeforeEach
    void start() {
        platform = new Platform(directory);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    @DisplayName("invariant 6: one hangs, one never answers, one always fails, and the fourth finishes")
    void aSubscriptionInTroubleDelaysNoOther() {
        CountDownLatch never = new CountDownLatch(1);
        platform.subscriptions.open(Platform.settings("hangs").build(), (changes, attempt, generation, done) -> {
            try {
                assertTrue(never.await(1, TimeUnit.HOURS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        platform.subscriptions.open(Platform.settings("silent").build(), (changes, attempt, generation, done) -> {});
        Receiver failing = new Receiver().refuses();
        platform.subscriptions.open(Platform.settings("fails").build(), failing);
        Receiver well = new Receiver();
        platform.subscriptions.open(Platform.settings("well").build(), well);
        for (int page = 0; page < 40; page++) {
            platform.update(IntStream.range(0, 500).toArray());
        }
        await().until(() -> well.delivered().size() == 20_000);
        assertEquals(20_000, platform.subscriptions.find("hangs").orElseThrow().lag());
        assertEquals(20_000, platform.subscriptions.find("silent").orElseThrow().lag());
        // What hangs would keep the close waiting: it is left as a crash leaves it.
        platform.crash();
        never.countDown();
    }

    @Test
    void aHandlerThatBlocksHasAThreadForEachOfItsLanes() throws InterruptedException {
        CountDownLatch together = new CountDownLatch(8);
        platform.subscriptions.open(
                Platform.settings("blocks").lanes(8).build(), (changes, attempt, generation, done) -> {
                    together.countDown();
                    try {
                        assertTrue(together.await(10, TimeUnit.SECONDS), "eight at a time");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    done.accept(DeliveryOutcome.Delivered.INSTANCE);
                });
        platform.update(IntStream.range(0, 500).toArray());
        assertTrue(together.await(10, TimeUnit.SECONDS));
        await().until(() -> platform.subscriptions.find("blocks").orElseThrow().lag() == 0);
    }

    @Test
    void aFailingChangeDoesNotHoldItsSubscription() {
        Receiver receiver = new Receiver();
        receiver.answers(change -> change.keyJson().equals(Platform.key(7))
                ? new DeliveryOutcome.Failed(new IllegalStateException("poison"))
                : DeliveryOutcome.Delivered.INSTANCE);
        RetryPolicy policy = new RetryPolicy(1, 1_000, Duration.ofMillis(5), 1, Duration.ofMillis(5), 0);
        platform.subscriptions.open(Platform.settings("poisoned").retry(policy).build(), receiver);
        for (int page = 0; page < 40; page++) {
            platform.update(IntStream.range(0, 500).toArray());
        }
        await().until(() -> receiver.delivered().size() == 40 * 499);
        assertEquals(40, platform.subscriptions.find("poisoned").orElseThrow().parked());
    }

    @Test
    void anIdleSubscriptionCostsNothing() {
        Receiver receiver = new Receiver();
        for (int i = 0; i < 100; i++) {
            platform.subscriptions.open(Platform.settings("idle-" + i).build(), receiver);
        }
        platform.update(1);
        await().until(() -> receiver.delivered().size() == 100);
        await().until(() -> platform.subscriptions.list().stream().allMatch(each -> each.lag() == 0));
        // Positions are saved within a second, and lane threads end after ten idle seconds; then nothing moves.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        await().pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> {
                    long before = ours(threads);
                    TimeUnit.MILLISECONDS.sleep(400);
                    return ours(threads) - before < 2_000_000;
                });
    }

    /** CPU time of our threads, in nanoseconds. */
    private static long ours(ThreadMXBean threads) {
        long nanos = 0;
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null
                    && (thread.getThreadName().startsWith("lane-")
                            || thread.getThreadName().startsWith("subscription-timer"))) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos;
    }
}
