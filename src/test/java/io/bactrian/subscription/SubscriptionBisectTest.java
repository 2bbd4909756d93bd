package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is refused for what is in it is divided: the rest is delivered in order, what is refused is kept. */
class SubscriptionBisectTest {
    private static final String NAME = "mirror";
    private static final int[] KEYS =
            LongStream.rangeClosed(1, 20).mapToInt(key -> (int) key).toArray();
    private static final RetryPolicy ONCE =
            new RetryPolicy(1, 1000, Duration.ofMillis(50), 1, Duration.ofMillis(50), 0);

    @TempDir
    Path directory;

    private final Target target = new Target();
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
    @DisplayName(
            "invariants 3, 4, 7: what is refused becomes a dead letter, the rest of its batch is delivered in order")
    void theRestOfABatchIsDeliveredInOrder() {
        target.refused = Set.of(3L, 4L, 17L);
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(KEYS);
        await().until(() -> position() == 20 && target.delivered().size() == 17);
        assertEquals(
                all().filter(each -> !target.refused.contains(each)).boxed().toList(), target.delivered());
        await().until(() -> letters().size() == 3);
        assertEquals(
                List.of(17L, 4L, 3L),
                letters().stream().map(each -> each.change().position()).toList());
        assertEquals("IllegalStateException: refused 3", letters().get(2).error());
        assertEquals(0, platform.subscriptions.find(NAME).orElseThrow().parked());
        assertEquals(3, platform.subscriptions.counters().get(NAME).dead());
    }

    @Test
    void halfABatchMayBeRefused() {
        target.refused = Set.copyOf(LongStream.rangeClosed(1, 10).boxed().toList());
        open(Platform.settings(NAME).batch(20).retry(ONCE));
        platform.update(KEYS);
        await().until(() -> target.delivered().size() == 10 && letters().size() == 10);
        assertEquals(LongStream.rangeClosed(11, 20).boxed().toList(), target.delivered());
    }

    @Test
    void aBatchIsTriedQuicklyBeforeItIsDivided() {
        target.refused = Set.of(2L);
        open(Platform.settings(NAME)
                .batch(20)
                .retry(new RetryPolicy(3, 10, Duration.ofMillis(20), 1, Duration.ofHours(1), 0)));
        platform.update(1, 2, 3, 4);
        await().until(() -> letters().size() == 1);
        assertEquals(3, letters().get(0).attempts());
        assertEquals(List.of(4, 4, 4, 2, 1, 1, 2), target.sizes());
    }

    @Test
    void aChangeThatIsRefusedInABatchOfItsOwnIsADeadLetterToo() {
        target.refused = Set.of(1L);
        open(Platform.settings(NAME).batch(20).retry(ONCE));
        platform.update(1);
        await().until(() -> letters().size() == 1);
        platform.update(2);
        await().until(() -> target.delivered().equals(List.of(2L)));
    }

    @Test
    @DisplayName("a target that is gone divides nothing, and makes no dead letters")
    void aTargetThatIsGoneDividesNothing() {
        target.gone.set(true);
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(KEYS);
        await().until(() -> target.calls.get() >= 5);
        assertTrue(
                target.sizes().stream().allMatch(size -> size == 10),
                () -> target.sizes().toString());
        target.gone.set(false);
        await().until(() -> target.delivered().equals(all().boxed().toList()));
        assertEquals(List.of(), letters());
    }

    @Test
    @DisplayName("invariant 7: what is left of a batch is parked where the target goes away while it is divided")
    void theTargetGoesAwayWhileABatchIsDivided() {
        target.refused = Set.of(2L);
        target.goneAt = 6;
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(1, 2, 3, 4, 5, 6, 7, 8);
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().parked() > 0);
        await().until(() -> letters().size() == 1);
        assertEquals(2, letters().get(0).change().position());
        platform.crash();
        target.goneAt = 0;
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        await().until(() -> target.delivered().equals(List.of(1L, 3L, 4L, 5L, 6L, 7L, 8L)));
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().parked() == 0);
        assertEquals(1, letters().size());
    }

    @Test
    void aParkedBatchIsDividedToo() {
        target.gone.set(true);
        target.refused = Set.of(5L, 6L);
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(1, 2, 3, 4, 5, 6, 7, 8);
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().parked() == 8);
        platform.update(9);
        target.gone.set(false);
        await().until(() -> target.delivered().equals(List.of(1L, 2L, 3L, 4L, 7L, 8L, 9L)));
        await().until(() -> letters().size() == 2);
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().parked() == 0);
        platform.crash();
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(10);
        await().until(() -> target.delivered().contains(10L));
        assertEquals(2, letters().size());
    }

    @Test
    @DisplayName(
            "invariant 4: after a crash while a batch is divided it comes again whole, and each dead letter is there once")
    void aCrashWhileABatchIsDivided() {
        target.refused = Set.of(2L);
        target.silentAt = 5;
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        platform.update(1, 2, 3, 4, 5, 6, 7, 8);
        await().until(() -> target.calls.get() == 5);
        platform.crash();
        target.silentAt = 0;
        open(Platform.settings(NAME).batch(10).retry(ONCE));
        await().until(() -> position() == 8);
        await().until(() -> letters().size() == 1);
        List<Long> delivered = target.delivered();
        assertEquals(List.of(1L, 3L, 4L, 5L, 6L, 7L, 8L), delivered.subList(delivered.size() - 7, delivered.size()));
    }

    @Test
    void aDeadLetterMayPauseItAtTheChangeThatWasRefused() {
        target.refused = Set.of(3L, 6L);
        open(Platform.settings(NAME).batch(10).retry(ONCE).onDead(OnDead.PAUSE));
        platform.update(1, 2, 3, 4, 5, 6, 7, 8);
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().state() == State.PAUSED);
        assertEquals(List.of(1L, 2L), target.delivered());
        await().until(() -> letters().size() == 1);
        target.refused = Set.of();
        platform.subscriptions.resume(NAME);
        await().until(() -> target.delivered().equals(List.of(1L, 2L, 4L, 5L, 6L, 7L, 8L)));
        assertEquals(1, letters().size());
    }

    @Test
    void withoutBatchesNothingIsDivided() {
        target.refused = Set.of(1L);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2);
        await().until(() -> platform.subscriptions.find(NAME).orElseThrow().parked() == 1);
        assertEquals(List.of(), letters());
    }

    private void open(Platform.Settings settings) {
        platform.subscriptions.open(settings.build(), target);
    }

    private long position() {
        return platform.subscriptions.find(NAME).orElseThrow().position();
    }

    private List<DeadLetter> letters() {
        return platform.subscriptions.deadLetters().list(NAME, Long.MAX_VALUE, 100);
    }

    private static LongStream all() {
        return LongStream.rangeClosed(1, 20);
    }

    /** Takes a batch as a database does: all of it or, where something in it is refused, nothing. */
    private static final class Target implements ChangeHandler {
        final AtomicInteger calls = new AtomicInteger();
        final AtomicBoolean gone = new AtomicBoolean();
        volatile Set<Long> refused = Set.of();
        /** From which call on it is gone, or never answers; 0 for none. */
        volatile int goneAt;

        volatile int silentAt;
        private final List<Long> delivered = new ArrayList<>();
        private final List<Integer> sizes = new ArrayList<>();

        @Override
        public void handle(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done) {
            int call = calls.incrementAndGet();
            synchronized (this) {
                sizes.add(changes.size());
            }
            if (silentAt > 0 && call >= silentAt) {
                return;
            }
            if (gone.get() || (goneAt > 0 && call >= goneAt)) {
                done.accept(
                        new DeliveryOutcome.Failed(new IllegalStateException("gone"), DeliveryOutcome.Blame.RECEIVER));
                return;
            }
            for (Change change : changes) {
                if (refused.contains(change.position())) {
                    done.accept(new DeliveryOutcome.Failed(
                            new IllegalStateException("refused " + change.position()), DeliveryOutcome.Blame.PART));
                    return;
                }
            }
            synchronized (this) {
                changes.forEach(change -> delivered.add(change.position()));
            }
            done.accept(DeliveryOutcome.Delivered.INSTANCE);
        }

        synchronized List<Long> delivered() {
            return List.copyOf(delivered);
        }

        synchronized List<Integer> sizes() {
            return List.copyOf(sizes);
        }
    }
}
