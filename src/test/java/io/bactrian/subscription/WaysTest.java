package io.bactrian.subscription;

import static io.bactrian.subscription.Platform.key;
import static io.bactrian.subscription.Platform.settings;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.Way.Reason;
import io.bactrian.subscription.Way.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each state that a change can be in, as an operator is told of it. */
class WaysTest {
    private Platform platform;
    private final Receiver receiver = new Receiver();

    @BeforeEach
    void open(@TempDir Path directory) {
        platform = new Platform(directory);
    }

    @AfterEach
    void close() {
        platform.close();
    }

    private void subscribe(Platform.Settings settings) {
        platform.subscriptions.open(settings.build(), receiver);
    }

    private Way way(Change change) {
        List<Way> ways = platform.subscriptions.ways().of(change);
        assertEquals(1, ways.size(), ways::toString);
        return ways.get(0);
    }

    private void awaitState(State state, Change change) {
        await().untilAsserted(() ->
                assertEquals(state, way(change).state(), () -> way(change).toString()));
    }

    private Change one(Operation operation, String table, List<String> origin) {
        return platform.append(List.of(platform.entry(operation, table, key(1), null, origin)))
                .get(0);
    }

    @Test
    void whatIsDroppedSaysWhy() {
        subscribe(settings("s").tables("orders").columns("text").origin("crm", false));
        assertEquals(
                Reason.TABLE, way(one(Operation.INSERT, "customers", List.of())).reason());
        assertEquals(
                Reason.OPERATION,
                way(one(Operation.TRUNCATE, "orders", List.of())).reason());
        Way echo = way(one(Operation.INSERT, "orders", List.of("crm", "erp")));
        assertEquals(Reason.ECHO, echo.reason());
        assertTrue(echo.text().contains("crm, erp wrote it"), echo.text());
        assertEquals(
                Reason.ECHO, way(one(Operation.INSERT, "orders", List.of("s"))).reason());
        Way column = way(one(Operation.UPDATE, "orders", List.of()));
        assertEquals(Reason.COLUMN, column.reason());
        assertEquals(State.DROPPED, column.state());
        assertTrue(column.text().contains("text"), column.text());
        awaitState(State.DELIVERED, one(Operation.INSERT, "orders", List.of("erp")));
    }

    @Test
    void whatWasBeforeItsStartIsDropped() {
        Change change = platform.update(1).get(0);
        subscribe(settings("s").from("now"));
        assertEquals(Reason.BEFORE_START, way(change).reason());
        platform.subscriptions.replayFrom("s", change.position() - 1);
        awaitState(State.DELIVERED, change);
    }

    @Test
    void whatWasDeliveredSaysWhenAndAtWhichAttempt() {
        receiver.refuses();
        subscribe(settings("s").retry(new RetryPolicy(3, 1_000, Duration.ofMillis(20), 1, Duration.ofMillis(20), 0)));
        Change change = platform.update(1).get(0);
        await().until(() -> !receiver.calls().isEmpty());
        receiver.accepts();
        awaitState(State.DELIVERED, change);
        Way way = way(change);
        int count = way.attempts().size();
        assertTrue(count >= 2, way::toString);
        assertEquals(count, way.attempts().get(count - 1).number());
        assertEquals(Attempt.Outcome.FAILED, way.attempts().get(0).outcome());
        assertTrue(String.valueOf(way.attempts().get(0).error()).contains("refused"), way::toString);
    }

    @Test
    void attemptsAndWaysOutliveARestart() {
        subscribe(settings("s"));
        Change change = platform.update(1).get(0);
        awaitState(State.DELIVERED, change);
        platform.restart();
        Way closed = way(change);
        assertEquals(State.DELIVERED, closed.state(), closed::toString);
        assertEquals(1, closed.attempts().size());
        subscribe(settings("s"));
        assertEquals(State.DELIVERED, way(change).state());
    }

    @Test
    void whatIsParkedSaysUntilWhenOrBehindWhat() {
        receiver.refuses();
        subscribe(settings("s").retry(Platform.LATE));
        List<Change> changes = platform.update(1, 1, 2);
        awaitState(State.PARKED, changes.get(0));
        awaitState(State.PARKED, changes.get(1));
        Way leads = way(changes.get(0));
        assertNotNull(leads.until(), leads::toString);
        assertTrue(String.valueOf(leads.error()).contains("refused"), leads::toString);
        assertEquals(1, leads.attempts().size());
        Way behind = way(changes.get(1));
        assertTrue(behind.text().contains("behind position " + changes.get(0).position()), behind::toString);
        assertEquals(List.of(), behind.attempts());
    }

    @Test
    void whatDiedNamesItsDeadLetterAndWhatWasDiscardedSaysSo() {
        receiver.answers(change -> new DeliveryOutcome.GivenUp(new IllegalStateException("no such customer")));
        subscribe(settings("s"));
        Change change = platform.update(1).get(0);
        awaitState(State.DEAD, change);
        Way dead = way(change);
        assertTrue(dead.text().contains("no such customer"), dead::toString);
        platform.subscriptions.deadLetters().discard(Objects.requireNonNull(dead.deadLetter()));
        assertEquals(State.DISCARDED, way(change).state());
    }

    @Test
    void aDeadLetterThatAReplayGotThroughIsDelivered() {
        receiver.answers(change -> new DeliveryOutcome.GivenUp(new IllegalStateException("no")));
        subscribe(settings("s"));
        Change change = platform.update(1).get(0);
        awaitState(State.DEAD, change);
        receiver.accepts();
        platform.subscriptions.replayFrom("s", 0);
        awaitState(State.DELIVERED, change);
    }

    @Test
    void whatIsUnderWayAndWhatWaitsAreToldApart() {
        Queue<Consumer<DeliveryOutcome>> held = new ConcurrentLinkedQueue<>();
        platform.subscriptions.open(
                settings("s").lanes(1).build(), (changes, attempt, generation, done) -> held.add(done));
        List<Change> changes = new ArrayList<>(platform.update(1, 2));
        awaitState(State.IN_FLIGHT, changes.get(0));
        assertEquals(State.WAITING, way(changes.get(1)).state());
        assertEquals(1, way(changes.get(1)).ahead());
        await().until(() -> {
            held.forEach(done -> done.accept(DeliveryOutcome.Delivered.INSTANCE));
            return way(changes.get(1)).state() == State.DELIVERED;
        });
    }

    @Test
    void aPausedSubscriptionsChangesWaitAndSayWhy() {
        subscribe(settings("s"));
        platform.subscriptions.pause("s");
        Change change = platform.update(1).get(0);
        Way way = way(change);
        assertEquals(State.WAITING, way.state());
        assertTrue(way.text().contains("paused by an operator"), way::toString);
    }

    @Test
    void whatAnOperatorSkippedSaysSo() {
        subscribe(settings("s"));
        platform.subscriptions.pause("s");
        List<Change> changes = platform.update(1, 2, 3);
        platform.subscriptions.replayFrom("s", changes.get(1).position());
        platform.subscriptions.resume("s");
        awaitState(State.DELIVERED, changes.get(2));
        assertEquals(State.SKIPPED, way(changes.get(0)).state());
        platform.subscriptions.replayFrom("s", changes.get(0).position());
        awaitState(State.DELIVERED, changes.get(1));
        assertEquals(State.SKIPPED, way(changes.get(0)).state());
    }

    @Test
    void aReplayedChangeWaitsAgainThoughItWasDelivered() {
        subscribe(settings("s"));
        Change change = platform.update(1).get(0);
        awaitState(State.DELIVERED, change);
        platform.subscriptions.pause("s");
        platform.subscriptions.replayFrom("s", 0);
        Way way = way(change);
        assertEquals(State.WAITING, way.state(), way::toString);
        assertEquals(1, way.attempts().size());
        platform.subscriptions.resume("s");
        awaitState(State.DELIVERED, change);
        assertEquals(1, way(change).attempts().get(1).generation());
    }
}
