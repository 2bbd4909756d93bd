package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.journal.JournalSettings;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping, pausing, replaying, orphaning. */
class SubscriptionLifecycleTest {
    private static final String NAME = "orders-to-hook";

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
    void whatIsAppendedIsHandedOverAndWhatWasBeforeIsRead() {
        platform.update(IntStream.range(0, 3_000).toArray());
        open(Platform.settings(NAME));
        for (int page = 0; page < 20; page++) {
            platform.update(IntStream.range(0, 500).toArray());
        }
        await().until(() -> receiver.delivered().size() == 13_000);
        assertEquals(
                LongStream.rangeClosed(1, 13_000).boxed().toList(),
                receiver.delivered().stream().sorted().toList());
        await().until(() -> row().position() == 13_000);
        assertEquals(0, status().lag());
    }

    @Test
    @DisplayName("invariant 1: falling behind and catching up, over and over, tells each change once")
    void fallingBehindAndCatchingUpTellsEachChangeOnce() {
        ExecutorService slow = Executors.newFixedThreadPool(2);
        platform.subscriptions.open(
                Platform.settings(NAME).build(),
                (changes, attempt, generation, done) ->
                        slow.execute(() -> receiver.handle(changes, attempt, generation, done)));
        int appended = 0;
        for (int spell = 0; spell < 5; spell++) {
            for (int page = 0; page < 30; page++) {
                platform.update(IntStream.range(0, 300).toArray());
                appended += 300;
            }
            int all = appended;
            await().until(() -> receiver.delivered().size() >= all);
        }
        assertEquals(
                LongStream.rangeClosed(1, appended).boxed().toList(),
                receiver.delivered().stream().sorted().toList());
        slow.shutdownNow();
    }

    @Test
    void aNewSubscriptionStartsWhereItIsTold() {
        platform.update(1, 2, 3);
        Receiver fromNow = new Receiver();
        Receiver fromPosition = new Receiver();
        Receiver fromTime = new Receiver();
        platform.subscriptions.open(Platform.settings("a").from("now").build(), fromNow);
        platform.subscriptions.open(Platform.settings("b").from("1").build(), fromPosition);
        platform.subscriptions.open(
                Platform.settings("c").from("2001-01-01T00:00:00Z").build(), fromTime);
        platform.update(4);
        await().until(() -> fromNow.delivered().equals(List.of(4L)));
        await().until(() -> fromPosition.delivered().size() == 3);
        await().until(() -> fromTime.delivered().size() == 4);
    }

    @Test
    @DisplayName("invariant 4: a stop saves the position, a restart goes on after it")
    void aRestartGoesOnWhereItStopped() {
        open(Platform.settings(NAME));
        platform.update(1, 2, 3);
        await().until(() -> receiver.delivered().size() == 3);
        platform.restart();
        assertEquals(3, row().position());
        platform.update(4);
        open(Platform.settings(NAME));
        await().until(() -> receiver.delivered().equals(List.of(1L, 2L, 3L, 4L)));
    }

    @Test
    @DisplayName("invariants 4, 5: after a crash what was not finished comes again, with its id")
    void afterACrashWhatWasInFlightComesAgain() {
        // Answers one change and keeps the others.
        Receiver before = new Receiver();
        SubscriptionSettings settings = Platform.settings(NAME).build();
        platform.subscriptions.open(settings, (changes, attempt, generation, done) -> {
            if (changes.get(0).position() == 1) {
                before.handle(changes, attempt, generation, done);
            }
        });
        List<Change> appended = platform.update(1, 2, 1, 2);
        await().until(() -> row().position() == 1);
        platform.crash();
        platform.subscriptions.open(settings, receiver);
        await().until(() -> receiver.delivered().size() == 3);
        assertEquals(
                appended.subList(1, 4).stream()
                        .map(change -> change.id().toString())
                        .toList(),
                receiver.changes().stream()
                        .map(change -> change.id().toString())
                        .sorted()
                        .toList());
    }

    @Test
    void theParkedChangesAreTriedAgainAfterACrash() {
        receiver.refuses();
        RetryPolicy patient = new RetryPolicy(1, 1_000, Duration.ofMillis(20), 1, Duration.ofMillis(20), 0);
        open(Platform.settings(NAME).retry(patient));
        platform.update(1, 1, 1, 2);
        await().until(() -> row().position() == 4);
        platform.crash();
        receiver.accepts();
        open(Platform.settings(NAME).retry(patient));
        await().until(() -> receiver.delivered(Platform.key(1)).equals(List.of(1L, 2L, 3L)));
        await().until(() -> receiver.delivered(Platform.key(2)).equals(List.of(4L)));
    }

    @Test
    void aPausedSubscriptionTellsNothingAlsoAfterARestart() {
        open(Platform.settings(NAME));
        platform.subscriptions.pause(NAME);
        platform.update(1);
        platform.restart();
        open(Platform.settings(NAME));
        assertEquals(State.PAUSED, status().state());
        assertEquals(1, status().lag());
        assertTrue(status().lagSeconds() >= 0);
        assertEquals(List.of(), receiver.delivered());
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().equals(List.of(1L)));
    }

    @Test
    @DisplayName("invariant 5: a replay tells the same changes with the same ids")
    void aReplayTellsEverythingAfterThePositionAgain() {
        open(Platform.settings(NAME));
        platform.update(1, 2, 3);
        await().until(() -> receiver.delivered().size() == 3);
        platform.subscriptions.replayFrom(NAME, 1);
        await().until(() -> receiver.delivered().size() == 5);
        assertEquals(
                List.of(2L, 3L),
                receiver.delivered().subList(3, 5).stream().sorted().toList());
        platform.subscriptions.replayFrom(NAME, Instant.EPOCH);
        await().until(() -> receiver.delivered().size() == 8);
        Map<Long, List<String>> ids = receiver.changes().stream()
                .collect(Collectors.groupingBy(
                        Change::position,
                        Collectors.mapping(change -> change.id().toString(), Collectors.toList())));
        assertEquals(List.of("main-1-3", "main-1-3", "main-1-3"), ids.get(3L));
    }

    @Test
    void aReplayDropsWhatIsParkedAfterThePositionAndRefusesWhatIsNotThere() {
        receiver.refuses();
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2, 3);
        await().until(() -> status().parked() == 3);
        receiver.accepts();
        platform.subscriptions.replayFrom(NAME, 1);
        await().until(() -> receiver.delivered().size() == 2);
        assertEquals(1, status().parked());
        SubscriptionException refused =
                assertThrows(SubscriptionException.class, () -> platform.subscriptions.replayFrom(NAME, 99));
        assertEquals("Position 99 is not in the journal of 'main': use 0 to 3", refused.getMessage());
    }

    @Test
    void aSubscriptionThatFellBehindTheJournalStopsAndSaysSo() {
        try (Subscriptions.Handle handle =
                platform.subscriptions.open(Platform.settings(NAME).build(), receiver)) {
            platform.update(1);
            await().until(() -> receiver.delivered().size() == 1);
            handle.close();
        }
        // Segments of a few bytes, of which only the newest is kept.
        platform.journal(new JournalSettings(Duration.ofDays(7), 1, Duration.ofDays(1), 1));
        platform.update(2);
        platform.update(3);
        platform.update(4);
        open(Platform.settings(NAME));
        assertEquals(State.STOPPED, status().state());
        assertTrue(String.valueOf(status().lastError()).contains("no longer in the journal"), status().toString());
        assertThrows(SubscriptionException.class, () -> platform.subscriptions.resume(NAME));
        platform.subscriptions.replayFrom(NAME, platform.journal.first() - 1);
        await().until(() -> receiver.delivered().contains(4L));
        assertEquals(State.RUNNING, status().state());
    }

    @Test
    void aNameIsOpenOnceAndItsDatabaseStays() {
        open(Platform.settings(NAME));
        assertThrows(SubscriptionException.class, () -> open(Platform.settings(NAME)));
        SubscriptionSettings settings = Platform.settings("other").build();
        SubscriptionSettings elsewhere = new SubscriptionSettings(
                "x",
                "shop",
                settings.tables(),
                settings.operations(),
                settings.columns(),
                null,
                false,
                settings.from(),
                settings.ordering(),
                1,
                1,
                settings.retry(),
                1,
                settings.onDead());
        SubscriptionException unknown =
                assertThrows(SubscriptionException.class, () -> platform.subscriptions.open(elsewhere, receiver));
        assertTrue(
                unknown.getMessage().contains("'shop'") && unknown.getMessage().contains("[main]"));
    }

    @Test
    void anOrphanIsKeptThirtyDaysAndComesBackWithItsRoute() {
        SubscriptionSettings settings = Platform.settings(NAME).build();
        platform.subscriptions.open(settings, receiver).close();
        assertEquals(State.STOPPED, status().state());
        platform.subscriptions.orphanUnopened();
        assertEquals(State.ORPHANED, status().state());
        try (Subscriptions.Handle handle = platform.subscriptions.open(settings, receiver)) {
            assertEquals(State.RUNNING, status().state());
            platform.subscriptions.orphan(NAME);
            assertEquals(State.RUNNING, status().state());
            handle.close();
        }
        platform.subscriptions.orphan(NAME);
        purge(Duration.ofDays(29));
        assertTrue(platform.subscriptions.find(NAME).isPresent());
        purge(Duration.ofDays(31));
        assertFalse(platform.subscriptions.find(NAME).isPresent());
    }

    @Test
    void aSubscriptionInUseIsNotDeleted() {
        Subscriptions.Handle handle =
                platform.subscriptions.open(Platform.settings(NAME).build(), receiver);
        assertThrows(SubscriptionException.class, () -> platform.subscriptions.delete(NAME));
        handle.close();
        platform.subscriptions.delete(NAME);
        assertEquals(List.of(), platform.subscriptions.list());
        assertThrows(SubscriptionException.Unknown.class, () -> platform.subscriptions.pause(NAME));
    }

    @Test
    void onlyWhatIsSelectedIsTold() {
        Receiver orders = new Receiver();
        Receiver crm = new Receiver();
        Receiver crmEcho = new Receiver();
        Receiver versions = new Receiver();
        Receiver texts = new Receiver();
        platform.subscriptions.open(
                Platform.settings("a")
                        .tables("orders")
                        .operations(Operation.UPDATE)
                        .build(),
                orders);
        platform.subscriptions.open(Platform.settings("b").origin("crm", false).build(), crm);
        platform.subscriptions.open(Platform.settings("c").origin("crm", true).build(), crmEcho);
        platform.subscriptions.open(Platform.settings("d").columns("version").build(), versions);
        platform.subscriptions.open(Platform.settings("e").columns("text").build(), texts);
        platform.append(List.of(
                platform.entry(Operation.INSERT, "orders", Platform.key(1), null),
                platform.entry(Operation.UPDATE, "orders", Platform.key(1), null),
                platform.entry(Operation.UPDATE, "customers", Platform.key(1), null, List.of("crm")),
                platform.entry(Operation.UPDATE, "orders", Platform.key(2), null, List.of("shop", "crm")),
                platform.entry(Operation.UPDATE, "orders", Platform.key(3), null, List.of("c")),
                platform.entry(Operation.SNAPSHOT, "orders", Platform.key(4), null),
                platform.entry(Operation.TRUNCATE, "orders", "{}", null)));
        await().until(() -> platform.subscriptions.list().stream().allMatch(each -> each.lag() == 0));
        assertEquals(
                List.of(2L, 4L, 5L, 6L), orders.delivered().stream().sorted().toList());
        assertEquals(List.of(1L, 2L, 5L, 6L), crm.delivered().stream().sorted().toList());
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 6L),
                crmEcho.delivered().stream().sorted().toList());
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L, 6L),
                versions.delivered().stream().sorted().toList());
        assertEquals(List.of(1L, 6L), texts.delivered().stream().sorted().toList());
    }

    private void purge(Duration later) {
        Clock clock = Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
        new Subscriptions(platform.store, Map.of("main", platform.journal), clock).close();
    }

    private void open(Platform.Settings settings) {
        platform.subscriptions.open(settings.build(), receiver);
    }

    private SubscriptionStatus status() {
        return platform.subscriptions.find(NAME).orElseThrow();
    }

    private SubscriptionTable.Row row() {
        return platform.store
                .read(connection -> SubscriptionTable.find(connection, NAME))
                .orElseThrow();
    }
}
