package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.store.AttemptFile;
import io.bactrian.store.Store;
import io.bactrian.subscription.Attempt.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on record of delivery attempts, and for how long. */
class AttemptLogTest {
    private static final Answer.Request REQUEST = new Answer.Request(
            "POST",
            "https://crm.example/hook?key=$SECRET_KEY",
            List.of("Authorization: Bearer $SECRET_AUTHORIZATION"),
            true,
            "application/json",
            "row",
            "");

    @TempDir
    private Path directory;

    private final MovedClock clock = new MovedClock();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<AttemptLog> opened = new ArrayList<>();
    private Platform platform;
    private Store store;

    @BeforeEach
    void open() {
        platform = new Platform(directory.resolve("platform"));
        store = Store.open(directory.resolve("store"));
    }

    @AfterEach
    void close() {
        opened.forEach(AttemptLog::close);
        threads.shutdownNow();
        timer.shutdownNow();
        store.close();
        platform.close();
    }

    private AttemptLog log(AttemptSettings settings) {
        AttemptLog log =
                new AttemptLog(new AttemptFile(store.directory()), settings, new Shared(store, threads, timer, clock));
        opened.add(log);
        return log;
    }

    private static DeliveryOutcome answered(int status, String body) {
        List<Answer> answers = List.of(new Answer(REQUEST, Duration.ofMillis(3), status, body));
        return status == 200
                ? new DeliveryOutcome.Delivered(answers)
                : new DeliveryOutcome.Failed(new IllegalStateException("answered " + status), answers);
    }

    /** A handler that answers so, at once. */
    private static ChangeHandler answering(DeliveryOutcome outcome) {
        return (changes, attempt, generation, done) -> done.accept(outcome);
    }

    private static void tell(AttemptRecorder recorder, List<Change> changes, int attempt) {
        recorder.handle(changes, attempt, 0, ignored());
    }

    private static Consumer<DeliveryOutcome> ignored() {
        return outcome -> {};
    }

    @Test
    void anAttemptIsOnRecordWithItsAnswers() {
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Change> changes = platform.update(1, 2);
        tell(log.recorded("crm", answering(answered(500, "Zürich \u0000 ✓"))), changes.subList(0, 1), 1);
        clock.move(Duration.ofSeconds(5));
        AttemptRecorder recorder = log.recorded("crm", answering(answered(200, "")));
        recorder.handle(changes.subList(0, 1), 2, 3, ignored());
        tell(recorder, changes.subList(1, 2), 1);

        List<Attempt> attempts = log.find("crm", changes.get(0).position());
        assertEquals(2, attempts.size(), attempts::toString);
        Attempt failed = attempts.get(0);
        assertEquals(Outcome.FAILED, failed.outcome());
        assertEquals("IllegalStateException: answered 500", failed.error());
        assertEquals(List.of(new Answer(REQUEST, Duration.ofMillis(3), 500, "Zürich \u0000 ✓")), failed.answers());
        Attempt delivered = attempts.get(1);
        assertEquals(Outcome.DELIVERED, delivered.outcome());
        assertEquals(2, delivered.number());
        assertEquals(3, delivered.generation());
        assertEquals(1, delivered.changes());
        assertEquals(Duration.ofSeconds(5), Duration.between(failed.started(), delivered.started()));
        assertNull(delivered.error());
        assertEquals(REQUEST, delivered.answers().get(0).request());
        assertEquals(1, log.find("crm", changes.get(1).position()).size());
        assertEquals(List.of(), log.find("erp", changes.get(0).position()));
    }

    @Test
    void eachOutcomeHasItsWord() {
        AttemptLog log = log(AttemptSettings.DEFAULT);
        IllegalStateException cause = new IllegalStateException("no");
        List<DeliveryOutcome> outcomes = List.of(
                DeliveryOutcome.Delivered.INSTANCE,
                new DeliveryOutcome.Failed(cause),
                new DeliveryOutcome.RetryAt(Instant.now(), cause),
                new DeliveryOutcome.GivenUp(cause),
                new DeliveryOutcome.Disabled(cause));
        List<Change> change = platform.update(1);
        for (int i = 0; i < outcomes.size(); i++) {
            tell(log.recorded("s", answering(outcomes.get(i))), change, i + 1);
            clock.move(Duration.ofMillis(1));
        }
        tell(
                log.recorded("s", (changes, attempt, generation, done) -> {
                    throw new AssertionError("an error, not an exception");
                }),
                change,
                6);
        assertEquals(
                List.of(
                        Outcome.DELIVERED,
                        Outcome.FAILED,
                        Outcome.RETRY_AT,
                        Outcome.GIVEN_UP,
                        Outcome.DISABLED,
                        Outcome.FAILED),
                log.find("s", change.get(0).position()).stream()
                        .map(Attempt::outcome)
                        .toList());
    }

    @Test
    void aBatchIsOnRecordForEachOfItsChanges() {
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Change> changes = platform.update(1, 2, 3);
        tell(log.recorded("s", answering(answered(200, "ok"))), changes, 1);
        for (Change change : changes) {
            List<Attempt> found = log.find("s", change.position());
            assertEquals(1, found.size());
            assertEquals(3, found.get(0).changes());
        }
    }

    @Test
    void anAttemptUnderWayIsKnown() {
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Consumer<DeliveryOutcome>> held = new ArrayList<>();
        AttemptRecorder recorder = log.recorded("s", (changes, attempt, generation, done) -> held.add(done));
        List<Change> changes = platform.update(1, 2);
        tell(recorder, changes.subList(0, 1), 4);
        tell(recorder, changes.subList(1, 2), 1);
        long position = changes.get(0).position();
        assertEquals(4, log.flying("s", position).orElseThrow().number());
        held.get(0).accept(DeliveryOutcome.Delivered.INSTANCE);
        assertTrue(log.flying("s", position).isEmpty());
        assertTrue(log.flying("s", position + 1).isPresent());
    }

    @Test
    void attemptsOutliveAStop() {
        List<Change> changes = platform.update(1);
        AttemptLog first = log(AttemptSettings.DEFAULT);
        tell(first.recorded("s", answering(answered(200, "ok"))), changes, 1);
        first.close();
        AttemptLog second = log(AttemptSettings.DEFAULT);
        clock.move(Duration.ofSeconds(1));
        tell(second.recorded("s", answering(answered(500, "no"))), changes, 2);
        assertEquals(
                List.of(Outcome.DELIVERED, Outcome.FAILED),
                second.find("s", changes.get(0).position()).stream()
                        .map(Attempt::outcome)
                        .toList());
    }

    @Test
    void withinASecondItIsInTheFileByItself() {
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Change> changes = platform.update(1);
        tell(log.recorded("s", answering(answered(200, "ok"))), changes, 1);
        AttemptFile file = new AttemptFile(store.directory());
        await().until(() -> file.find("s", changes.get(0).position()).size() == 1);
    }

    @Test
    void whatIsOlderThanTheRetentionIsGone() {
        AttemptLog log = log(new AttemptSettings(Duration.ofHours(1), 1 << 20));
        List<Change> changes = platform.update(1);
        tell(log.recorded("s", answering(answered(200, "ok"))), changes, 1);
        long position = changes.get(0).position();
        clock.move(Duration.ofMinutes(59));
        assertEquals(1, log.find("s", position).size());
        clock.move(Duration.ofMinutes(2));
        assertEquals(0, log.find("s", position).size());
        log.purgeNow();
        assertEquals(List.of(), new AttemptFile(store.directory()).find("s", position));
    }

    @Test
    void beyondItsSizeTheOldestGo() throws Exception {
        AttemptLog log = log(new AttemptSettings(Duration.ofDays(1), 1 << 20));
        List<Change> changes = platform.update(1, 2);
        tell(log.recorded("s", answering(answered(200, "the first"))), changes.subList(0, 1), 1);
        log.find("s", 1);
        // Answers that are all different pack badly: 3 MB.
        for (int i = 0; i < 3_000; i++) {
            String body = (i + " ").repeat(600).substring(0, 1_000);
            tell(log.recorded("s", answering(answered(500, body))), changes.subList(1, 2), i + 1);
            clock.move(Duration.ofMillis(1));
        }
        log.purgeNow();
        long size = Files.size(store.directory().resolve("attempts.db"));
        assertTrue(size <= (1 << 20) + (256 << 10), "attempts.db holds " + size + " bytes");
        assertEquals(List.of(), log.find("s", changes.get(0).position()), "the oldest is gone");
        List<Attempt> kept = log.find("s", changes.get(1).position());
        assertEquals(3_000, kept.get(kept.size() - 1).number(), "the youngest is kept");
    }

    @Test
    @DisplayName("invariant 6: where writing can't keep up, deliveries go on; successes are left out, failures kept")
    void whereWritingCanNotKeepUpOnlySuccessesAreLeftOut() {
        // Nothing is written in the background any more.
        threads.shutdownNow();
        timer.shutdownNow();
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Change> changes = platform.update(1, 2);
        List<DeliveryOutcome> told = new ArrayList<>();
        int[] number = {0};
        AttemptRecorder recorder = log.recorded("s", (batch, attempt, generation, done) -> {
            number[0]++;
            done.accept(number[0] > 8_000 ? answered(500, "failed") : answered(200, (number[0] + " ").repeat(200)));
        });
        for (int i = 0; i < 8_001; i++) {
            recorder.handle(changes.subList(i < 8_000 ? 0 : 1, i < 8_000 ? 1 : 2), 1, 0, told::add);
        }
        assertEquals(8_001, told.size());
        assertTrue(log.dropped() > 0 && log.dropped() < 8_000, "left out: " + log.dropped());
        assertEquals(1, log.find("s", changes.get(1).position()).size(), "the failure is kept");
        assertEquals(
                8_000 - log.dropped(), log.find("s", changes.get(0).position()).size());
    }

    @Test
    void aFileThatCanNotBeReadIsBegunAnew() throws Exception {
        Files.writeString(store.directory().resolve("attempts.db"), "This is no database. ".repeat(500));
        AttemptLog log = log(AttemptSettings.DEFAULT);
        List<Change> changes = platform.update(1);
        tell(log.recorded("s", answering(answered(200, "ok"))), changes, 1);
        assertEquals(1, log.find("s", changes.get(0).position()).size());
    }

    @Test
    void aDeletedSubscriptionLeavesNothing() {
        Subscriptions.Handle handle = platform.subscriptions.open(
                Platform.settings("s").build(), answering(DeliveryOutcome.Delivered.INSTANCE));
        List<Change> changes = platform.update(1);
        await().until(() -> !way(changes.get(0)).attempts().isEmpty());
        handle.close();
        platform.subscriptions.delete("s");
        platform.subscriptions.open(
                Platform.settings("s").from("now").build(), answering(DeliveryOutcome.Delivered.INSTANCE));
        assertEquals(Way.Reason.BEFORE_START, way(changes.get(0)).reason());
        assertEquals(List.of(), way(changes.get(0)).attempts());
    }

    private Way way(Change change) {
        return platform.subscriptions.ways().of(change).get(0);
    }

    @Test
    void theSettingsNameWhatIsWrong() {
        assertRefused("bactrian.attempts.retention", Duration.ZERO, 1 << 20);
        assertRefused("bactrian.attempts.max-size", Duration.ofDays(1), 1);
    }

    private static void assertRefused(String key, Duration retention, long maxSize) {
        String message = assertThrows(IllegalArgumentException.class, () -> new AttemptSettings(retention, maxSize))
                .getMessage();
        assertTrue(message.startsWith(key + "="), message);
    }

    private static final class MovedClock extends Clock {
        private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
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
}
