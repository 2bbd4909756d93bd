package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 9: an operator's replay is a new generation, which applies again; a redelivery is the same one, which
 * doesn't. Written as position/generation.
 */
class SubscriptionGenerationTest {
    private static final String NAME = "orders-to-table";

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
    @DisplayName("invariant 9: each replay is a new generation, and what comes after it stays in it")
    void eachReplayIsANewGeneration() {
        open(Platform.settings(NAME));
        platform.update(1, 2);
        await().until(() -> receiver.generations().equals(List.of("1/0", "2/0")));
        platform.subscriptions.replayFrom(NAME, 1);
        platform.update(3);
        await().until(() -> receiver.generations().equals(List.of("1/0", "2/0", "2/1", "3/1")));
        platform.subscriptions.replayFrom(NAME, 2);
        await().until(() -> receiver.generations().equals(List.of("1/0", "2/0", "2/1", "3/1", "3/2")));
    }

    @Test
    @DisplayName("invariant 9: after a crash in the middle of a replay the redelivery has the replay's generation")
    void aCrashInAReplayKeepsItsGeneration() {
        open(Platform.settings(NAME));
        platform.update(1, 2);
        await().until(() -> position() == 2);
        platform.crash();
        Receiver silent = new Receiver();
        // It never answers: the next crash finds both in flight.
        platform.subscriptions.open(
                Platform.settings(NAME).build(),
                (changes, attempt, generation, done) -> silent.handle(changes, attempt, generation, outcome -> {}));
        platform.subscriptions.replayFrom(NAME, 0);
        await().until(() -> silent.generations().equals(List.of("1/1", "2/1")));
        platform.crash();
        open(Platform.settings(NAME));
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1", "2/0", "2/1")));
    }

    @Test
    @DisplayName("invariant 9: a restart is no new generation")
    void aRestartIsNoNewGeneration() {
        open(Platform.settings(NAME));
        platform.update(1);
        await().until(() -> receiver.calls().size() == 1);
        platform.restart();
        open(Platform.settings(NAME));
        platform.update(2);
        await().until(() -> receiver.generations().equals(List.of("1/0", "2/0")));
    }

    @Test
    @DisplayName("invariant 9: a replay of a subscription that no route has open is a new generation too")
    void aClosedSubscriptionIsReplayedInANewGeneration() {
        platform.subscriptions.open(Platform.settings(NAME).build(), receiver).close();
        platform.update(1);
        platform.subscriptions.replayFrom(NAME, 0);
        open(Platform.settings(NAME));
        await().until(() -> receiver.generations().equals(List.of("1/1")));
    }

    @Test
    @DisplayName("invariant 9: what is parked before a replay's position keeps its generation, also after a crash")
    void whatIsParkedKeepsItsGeneration() {
        receiver.answers(change -> change.position() == 1 ? failed() : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1, 2);
        await().until(() -> status().parked() == 1 && receiver.delivered().equals(List.of(2L)));
        platform.subscriptions.replayFrom(NAME, 1);
        await().until(() -> receiver.generations().equals(List.of("1/0", "2/0", "2/1")));
        platform.crash();
        open(Platform.settings(NAME).retry(Platform.LATE));
        receiver.accepts();
        platform.subscriptions.pause(NAME);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.delivered().contains(1L));
        assertEquals(List.of("1/0", "1/0"), receiver.generations().subList(0, 2));
    }

    @Test
    @DisplayName("invariant 9: a dead letter's retry is a new generation for that change, and for none else")
    void aDeadLettersRetryIsANewGenerationForThatChange() {
        receiver.answers(change -> change.position() == 1
                ? new DeliveryOutcome.GivenUp(new IllegalStateException("no"))
                : DeliveryOutcome.Delivered.INSTANCE);
        open(Platform.settings(NAME));
        platform.update(1);
        await().until(() -> letters().size() == 1);
        retry();
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1")));
        await().until(() -> letters().size() == 1);
        retry();
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1", "1/2")));
        platform.update(2);
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1", "1/2", "2/0")));
        // A replay takes none that a retry had, or it would not apply again.
        platform.subscriptions.replayFrom(NAME, 0);
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1", "1/2", "1/3", "2/0", "2/3")));
    }

    @Test
    @DisplayName("invariant 9: a dead letter that is tried again keeps its generation when it parks, fails and crashes")
    void aDeadLetterThatParksAgainKeepsItsGeneration() {
        receiver.answers(change -> new DeliveryOutcome.GivenUp(new IllegalStateException("no")));
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.update(1);
        await().until(() -> letters().size() == 1);
        receiver.refuses();
        retry();
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1")));
        platform.crash();
        receiver.accepts();
        open(Platform.settings(NAME).retry(Platform.LATE));
        platform.subscriptions.pause(NAME);
        platform.subscriptions.resume(NAME);
        await().until(() -> receiver.generations().equals(List.of("1/0", "1/1", "1/1")));
    }

    private void retry() {
        assertTrue(platform.subscriptions.deadLetters().retry(letters().get(0).id()));
    }

    private void open(Platform.Settings settings) {
        platform.subscriptions.open(settings.build(), receiver);
    }

    /** The position on disk. */
    private long position() {
        return platform.store
                .read(connection -> SubscriptionTable.find(connection, NAME))
                .orElseThrow()
                .position();
    }

    private SubscriptionStatus status() {
        return platform.subscriptions.find(NAME).orElseThrow();
    }

    private List<DeadLetter> letters() {
        return platform.subscriptions.deadLetters().list(NAME, Long.MAX_VALUE, 100);
    }

    private static DeliveryOutcome failed() {
        return new DeliveryOutcome.Failed(new IllegalStateException("refused"));
    }
}
