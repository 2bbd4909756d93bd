package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Operation;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of changes that fail: quick tries, parked, tried again in order, dead letters. In one file, so that it
 * reads as the story of a failed change.
 */
class SubscriptionRetryTest {
    private static final String NAME = "orders-to-hook";
    private static final String ONE = Platform.key(1);
    private static final String TWO = Platform.key(2);

    @TempDir
    Path directory;

    private final Receiver receiver = new Receiver();
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
    @DisplayName("invariants 3, 7: a failed change parks with what follows of its key; other keys go on")
    void aFailedChangeParksAndItsKeyWaitsBehindIt() {
        receiver.answers(change -> change.keyJson().equals(ONE) ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2, 1, 2, 1, 2);
        await().until(() -> receiver.delivered(TWO).size() == 3 && status().parked() == 3);
        assertEquals(List.of(2L, 4L, 6L), receiver.delivered());
        assertEquals(6, status().position());
        assertEquals(0, status().lag());
        await().until(() -> rows().size() == 3);
        assertEquals(
                List.of(1, 0, 0), rows().stream().map(ParkedTable.Row::attempts).toList());
        assertEquals("IllegalStateException: refused", rows().get(0).error());
        assertEquals("IllegalStateException: refused", status().lastError());
    }

    @Test
    void aChangeIsTriedQuicklyInItsLaneBeforeItParks() {
        AtomicInteger tries = new AtomicInteger();
        receiver.answers(change -> tries.incrementAndGet() < 3 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(new RetryPolicy(3, 1, Duration.ofMinutes(5), 2, Duration.ofHours(1), 0)));
        long began = System.nanoTime();
        platform.update(1, 1);
        await().until(() -> receiver.delivered().size() == 2);
        assertTrue(System.nanoTime() - began < 2_000_000_000L, "within two seconds");
        assertEquals(List.of(1, 2, 3, 1), receiver.attempts());
        assertEquals(0, platform.subscriptions.counters().get(NAME).parked());
    }

    @Test
    void parkedChangesFollowEachOtherAtOnceWhenTheFirstGotThrough() {
        receiver.refuses();
        open(Platform.settings(NAME).retry(new RetryPolicy(1, 10, Duration.ofMillis(400), 1, Duration.ofHours(1), 0)));
        platform.update(1, 1, 1, 1, 1);
        await().until(() -> status().parked() == 5);
        receiver.accepts();
        await().until(() -> receiver.delivered().equals(List.of(1L, 2L, 3L, 4L, 5L)));
        await().until(() -> rows().isEmpty());
        platform.update(1);
        await().until(() -> receiver.delivered().size() == 6);
        assertEquals(new SubscriptionCounters(6, receiver.calls().size() - 6, 5, 0), counters());
    }

    @Test
    @DisplayName("invariant 7: what was tried often enough becomes a dead letter, and its key goes on")
    void aChangeThatNeverGetsThroughDiesAndItsKeyGoesOn() {
        receiver.answers(change -> change.position() == 1 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME));
        platform.update(1, 1, 1);
        await().until(() -> receiver.delivered().equals(List.of(2L, 3L)));
        await().until(() -> letters().size() == 1 && rows().isEmpty());
        DeadLetter letter = letters().get(0);
        assertEquals(2 + 3, letter.attempts());
        assertEquals("main-1-1", letter.change().id().toString());
        assertEquals("{\"version\":1,\"text\":\"some text\"}", letter.change().afterJson());
        assertEquals(1, status().deadLetters());
        assertEquals(State.RUNNING, status().state());
    }

    @Test
    void aChangeThatIsGivenUpIsADeadLetterAtOnce() {
        receiver.answers(change -> change.position() == 1
                ? new DeliveryOutcome.GivenUp(new DeliveryException("410 Gone", failed(), null))
                : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 1);
        await().until(() ->
                receiver.delivered().equals(List.of(2L)) && letters().size() == 1);
        assertEquals("410 Gone", letters().get(0).error());
        assertEquals(1, letters().get(0).attempts());
    }

    @Test
    void theReceiverMaySayWhenToTryAgain() {
        Instant time = Instant.now().plusMillis(300);
        receiver.answers(change -> Instant.now().isBefore(time)
                ? new DeliveryOutcome.RetryAt(time, new IllegalStateException("429"))
                : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1);
        await().until(() -> receiver.delivered().equals(List.of(1L)));
        assertEquals(2, receiver.calls().size());
    }

    @Test
    void aReceiverThatWantsNothingMorePausesTheSubscriptionAndTheChangeStays() {
        receiver.answers(change -> new DeliveryOutcome.Disabled(new IllegalStateException("410")));
        open(Platform.settings(NAME));
        platform.update(1);
        await().until(() -> status().state() == State.PAUSED);
        assertTrue(String.valueOf(status().lastError()).contains("wants nothing more"));
        await().until(() -> rows().size() == 1);
        receiver.accepts();
        platform.update(2);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().size() == 2);
        assertEquals(List.of(), letters());
    }

    @Test
    void tooManyParkedChangesPauseTheSubscriptionUntilItIsResumed() {
        receiver.refuses();
        open(Platform.settings(NAME).parkMax(10).retry(Platform.LATE));
        platform.update(IntStream.range(0, 30).toArray());
        await().until(() -> status().state() == State.PAUSED);
        assertTrue(String.valueOf(status().lastError()).contains("parkMax is 10"), status().toString());
        receiver.accepts();
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().size() == 30);
        assertEquals(State.RUNNING, status().state());
        await().until(() -> rows().isEmpty());
    }

    @Test
    void aDeadLetterPausesWhereThatIsAskedFor() {
        receiver.refuses();
        open(Platform.settings(NAME)
                .onDead(OnDead.PAUSE)
                .retry(new RetryPolicy(1, 0, Duration.ofMillis(5), 1, Duration.ofMillis(5), 0)));
        platform.update(1, 1);
        await().until(() -> status().state() == State.PAUSED && letters().size() == 1);
        receiver.accepts();
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().equals(List.of(2L)));
    }

    @Test
    void anOutageIsOverSoonAfterTheReceiverIsBack() {
        receiver.refuses();
        // After the outage the schedule alone would take minutes.
        open(Platform.settings(NAME)
                .retry(new RetryPolicy(1, 10, Duration.ofMillis(100), 100, Duration.ofMinutes(10), 0)));
        platform.update(IntStream.range(0, 500).toArray());
        await().until(() -> status().parked() == 500);
        await().until(() -> receiver.calls().size() > 502);
        int before = receiver.calls().size();
        receiver.accepts();
        await().atMost(Duration.ofSeconds(10)).until(() -> receiver.delivered().size() == 500);
        assertTrue(before < 600, "while nothing gets through, few tries are made: " + before);
        await().until(() -> status().parked() == 0);
    }

    @Test
    void aLongOutageParksALimitedNumberAndTheRestStaysInTheJournal() {
        receiver.refuses();
        open(Platform.settings(NAME)
                .retry(new RetryPolicy(1, 10, Duration.ofMillis(50), 2, Duration.ofMinutes(10), 0)));
        for (int page = 0; page < 10; page++) {
            platform.update(IntStream.range(page * 500, page * 500 + 500).toArray());
        }
        await().until(() -> status().parked() >= 1_000);
        await().during(Duration.ofMillis(300)).until(() -> status().parked() < 1_050);
        assertEquals(State.RUNNING, status().state());
        receiver.accepts();
        await().atMost(Duration.ofSeconds(20)).until(() -> receiver.delivered().size() == 5_000);
        await().until(() -> status().lag() == 0);
    }

    @Test
    void goodChangesAreReachedBehindAThousandBadOnes() {
        receiver.answers(change -> change.position() <= 1_005 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME)
                .retry(new RetryPolicy(1, 10, Duration.ofMillis(20), 100, Duration.ofMinutes(10), 0)));
        platform.update(IntStream.range(0, 1_500).toArray());
        await().until(() -> receiver.delivered().size() == 495);
        assertEquals(1_005, status().parked());
    }

    @Test
    void aBusyKeyCatchesUpWhileItsChangesKeepComing() {
        receiver.refuses();
        open(Platform.settings(NAME)
                .retry(new RetryPolicy(1, 1_000, Duration.ofMillis(50), 1, Duration.ofMillis(50), 0)));
        int[] busy = new int[20];
        for (int page = 0; page < 200; page++) {
            platform.update(busy);
            if (page == 20) {
                await().until(() -> status().parked() > 300);
                receiver.accepts();
            }
        }
        await().until(() -> receiver.delivered().size() == 4_000);
        assertEquals(LongStream.rangeClosed(1, 4_000).boxed().toList(), receiver.delivered());
        await().until(() -> status().lag() == 0 && rows().isEmpty());
    }

    @Test
    @DisplayName("invariant 3: in journal order a failed change holds all others, which stay in the journal")
    void inJournalOrderEverythingWaitsForAFailedChange() {
        receiver.refuses();
        open(Platform.settings(NAME).ordering(Ordering.JOURNAL));
        platform.update(1, 2, 3, 4, 5);
        await().until(() -> receiver.calls().size() > 2);
        assertEquals(1, status().parked());
        receiver.accepts();
        await().until(() -> receiver.delivered().equals(List.of(1L, 2L, 3L, 4L, 5L)));
    }

    @Test
    void aBatchFailsAndIsTriedAgainAsOneAlsoAfterARestart() {
        receiver.refuses();
        SubscriptionSettings settings =
                Platform.settings(NAME).batch(4).retry(Platform.LATE).build();
        platform.subscriptions.open(settings, receiver);
        platform.update(1, 2, 3, 4, 5, 6);
        await().until(() -> rows().size() == 4);
        assertEquals(4, receiver.calls().get(0).size());
        platform.restart();
        receiver.accepts();
        platform.subscriptions.open(settings, receiver);
        platform.subscriptions.pause(NAME);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().equals(List.of(1L, 2L, 3L, 4L, 5L, 6L)));
        assertEquals(List.of(4, 4, 2), receiver.calls().stream().map(List::size).toList());
    }

    @Test
    @DisplayName("invariant 3: a change of the key is a barrier on the old key and the new one, parked too")
    void aChangeOfTheKeyWaitsForBoth() {
        receiver.answers(change -> change.position() == 1 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.append(List.of(
                platform.entry(Operation.UPDATE, "orders", ONE, null),
                platform.entry(Operation.UPDATE, "orders", TWO, ONE),
                platform.entry(Operation.UPDATE, "orders", TWO, null),
                platform.entry(Operation.UPDATE, "orders", Platform.key(3), null)));
        await().until(() -> status().parked() == 3 && receiver.delivered().equals(List.of(4L)));
        receiver.accepts();
        platform.subscriptions.pause(NAME);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().equals(List.of(4L, 1L, 2L, 3L)));
    }

    @Test
    @DisplayName("invariant 3: TRUNCATE is a barrier on all")
    void truncateWaitsForAllAndAllWaitForIt() {
        receiver.answers(change -> change.position() == 1 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME)
                .operations(Operation.UPDATE, Operation.TRUNCATE)
                .retry(Platform.LATE));
        platform.append(List.of(
                platform.entry(Operation.UPDATE, "orders", ONE, null),
                platform.entry(Operation.UPDATE, "orders", TWO, null),
                platform.entry(Operation.TRUNCATE, "orders", "{}", null),
                platform.entry(Operation.UPDATE, "orders", TWO, null)));
        await().until(() -> status().parked() == 3);
        receiver.accepts();
        platform.subscriptions.pause(NAME);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().equals(List.of(2L, 1L, 3L, 4L)));
    }

    @Test
    void aDeadLetterIsTriedAgainWhenAsked() {
        receiver.answers(change -> new DeliveryOutcome.GivenUp(new IllegalStateException("no")));
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2);
        await().until(() -> letters().size() == 2);
        receiver.accepts();
        assertTrue(platform.subscriptions.deadLetters().retry(letters().get(1).id()));
        await().until(() -> receiver.delivered().equals(List.of(1L)));
        await().until(() -> rows().isEmpty());
        assertEquals(1, letters().size());
        assertEquals(2, letters().get(0).change().position());
        assertTrue(platform.subscriptions.deadLetters().discard(letters().get(0).id()));
        assertEquals(List.of(), letters());
        assertFalse(platform.subscriptions.deadLetters().retry(1));
        assertFalse(platform.subscriptions.deadLetters().discard(1));
    }

    @Test
    void aDeadLetterOfAClosedSubscriptionIsTriedWhenItOpens() {
        receiver.answers(change -> new DeliveryOutcome.GivenUp(new IllegalStateException("no")));
        SubscriptionSettings settings = Platform.settings(NAME).build();
        try (Subscriptions.Handle unused = platform.subscriptions.open(settings, receiver)) {
            platform.update(1);
            await().until(() -> letters().size() == 1);
        }
        assertTrue(platform.subscriptions.deadLetters().retry(letters().get(0).id()));
        assertEquals(1, status().parked());
        receiver.accepts();
        platform.subscriptions.open(settings, receiver);
        await().until(() -> receiver.delivered().equals(List.of(1L)));
    }

    @Test
    @DisplayName("invariants 4, 7: while the store takes no writes nothing is done, and it recovers by itself")
    void aStoreThatTakesNoWritesDelaysParkingAndLosesNothing() {
        platform.store.writeNow(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("CREATE TRIGGER full BEFORE INSERT ON parked_change"
                        + " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
            }
        });
        receiver.answers(change -> change.keyJson().equals(ONE) ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2);
        await().until(() -> receiver.delivered().equals(List.of(2L)) && status().parked() == 1);
        platform.update(3);
        await().until(() -> receiver.delivered().equals(List.of(2L, 3L)));
        assertEquals(0, position());
        platform.store.writeNow(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("DROP TRIGGER full");
            }
        });
        await().until(() -> position() == 3 && rows().size() == 1);
    }

    @Test
    void aTimeFarAwayIsWaitedFor() {
        receiver.answers(change -> new DeliveryOutcome.RetryAt(Instant.MAX, new IllegalStateException("never again")));
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1);
        await().until(() -> rows().size() == 1);
        assertEquals(Instant.MAX, rows().get(0).nextTry());
        assertEquals(State.RUNNING, status().state());
    }

    @Test
    void aHandlerThatThrowsHasFailed() {
        SubscriptionSettings settings =
                Platform.settings(NAME).retry(Platform.LATE).build();
        platform.subscriptions.open(settings, (changes, attempt, generation, done) -> {
            throw new NoClassDefFoundError("a/library");
        });
        platform.update(1);
        await().until(() -> rows().size() == 1);
        assertEquals("NoClassDefFoundError: a/library", rows().get(0).error());
    }

    private void open(Platform.Settings settings) {
        platform.subscriptions.open(settings.build(), receiver);
    }

    private SubscriptionStatus status() {
        return platform.subscriptions.find(NAME).orElseThrow();
    }

    /** The position on disk. */
    private long position() {
        return platform.store
                .read(connection -> SubscriptionTable.find(connection, NAME))
                .orElseThrow()
                .position();
    }

    private SubscriptionCounters counters() {
        return platform.subscriptions.counters().get(NAME);
    }

    private List<ParkedTable.Row> rows() {
        return platform.store.read(connection -> ParkedTable.waiting(connection, NAME));
    }

    private List<DeadLetter> letters() {
        return platform.subscriptions.deadLetters().list(NAME, Long.MAX_VALUE, 100);
    }

    private static DeliveryOutcome failed() {
        return new DeliveryOutcome.Failed(new IllegalStateException("refused"));
    }
}
