package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.journal.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the lanes themselves cost, read back from the journal. */
@Tag("full")
class SubscriptionThroughputTest {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionThroughputTest.class);
    private static final int CHANGES = 100_000;
    private static final int ROUNDS = 4;

    @TempDir
    Path directory;

    private Platform platform;

    @BeforeEach
    void fillTheJournal() {
        platform = new Platform(directory);
        for (int page = 0; page < CHANGES / 5_000; page++) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                entries.add(platform.entry(Operation.UPDATE, "orders", Platform.key((i * 7919) % 10_000), null));
            }
            platform.append(entries);
        }
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void aHandlerThatFinishesAtOnceIsFedFast() throws InterruptedException {
        assertTrue(fastest(
                        "at once",
                        (changes, attempt, generation, done) -> done.accept(DeliveryOutcome.Delivered.INSTANCE))
                > 50_000);
    }

    @Test
    void aHandlerThatFinishesOnAnotherThreadIsFedFast() throws InterruptedException {
        // One thread that answers in the order of the calls, as an HTTP client's selector does.
        LinkedBlockingQueue<Consumer<DeliveryOutcome>> calls = new LinkedBlockingQueue<>();
        ExecutorService selector = Executors.newSingleThreadExecutor();
        selector.execute(() -> {
            try {
                while (true) {
                    calls.take().accept(DeliveryOutcome.Delivered.INSTANCE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        double rate = fastest("on another thread", (changes, attempt, generation, done) -> calls.add(done));
        selector.shutdownNow();
        assertTrue(selector.awaitTermination(5, TimeUnit.SECONDS));
        assertTrue(rate > 20_000);
    }

    private double fastest(String how, ChangeHandler handler) throws InterruptedException {
        double fastest = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch left = new CountDownLatch(CHANGES);
            ChangeHandler counted =
                    (List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done) ->
                            handler.handle(changes, attempt, generation, outcome -> {
                                done.accept(outcome);
                                left.countDown();
                            });
            String name = "round-" + round;
            long began = System.nanoTime();
            Subscriptions.Handle handle =
                    platform.subscriptions.open(Platform.settings(name).build(), counted);
            assertTrue(left.await(60, TimeUnit.SECONDS));
            double rate = CHANGES / ((System.nanoTime() - began) / 1e9);
            LOG.info("{}: round {}: {} changes/s", how, round, Math.round(rate));
            fastest = Math.max(fastest, rate);
            handle.close();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> platform.subscriptions.find(name).orElseThrow().lag() == 0);
        }
        return fastest;
    }
}
