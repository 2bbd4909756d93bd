package io.bactrian.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.testing.DeliveryRecord;
import io.bactrian.testing.Faults;
import io.bactrian.testing.PlatformProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every connector keeps. The platform is a real process; the neighbour is whatever the subclass starts. Changes of
 * {@code counted(k, v)} go out, messages {@code {"message":"…"}} come in and become rows of {@code received}.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ConnectorContract {
    @TempDir
    static Path temporary;

    final DeliveryRecord record = new DeliveryRecord();
    private final ConnectorTables tables = new ConnectorTables();
    private PlatformProcess platform;

    /** Starts the neighbour, or starts it again with what it had. */
    abstract void startNeighbour() throws Exception;

    /** Takes the neighbour away as a crash does; false where it has no life of its own. */
    abstract boolean stopNeighbour() throws Exception;

    /** The platform's configuration for this neighbour. */
    abstract Map<String, String> configuration();

    /** The endpoint that changes go to. */
    abstract String out();

    /** The endpoint that messages come from. */
    abstract String in();

    /** Steps, in YAML, that make the message's JSON the body; none where it is. */
    String inSteps() {
        return "";
    }

    /** Sends a message until it is acknowledged; with the same id it is the same message. */
    abstract void send(String id, String body) throws Exception;

    /** Has each message come twice, whatever makes that happen with this neighbour. */
    void sendTwice(List<String> ids) throws Exception {
        for (String id : ids) {
            send(id, message(id));
            send(id, message(id));
        }
    }

    /** So long it is gone where it goes: longer than what its clients wait for. */
    Duration outage() {
        return Duration.ofSeconds(15);
    }

    /** Begins to listen: each arrival goes to {@link #arrived}. Called once the platform runs. */
    abstract void listen() throws Exception;

    /** A change has arrived: its id, and the row. */
    final void arrived(String id, String row) {
        record.received(id, ("\"after\":" + row).getBytes(StandardCharsets.UTF_8));
    }

    final PlatformProcess platform() {
        return platform;
    }

    @BeforeAll
    void start() throws Exception {
        startNeighbour();
        Map<String, String> all = tables.configuration();
        all.putAll(configuration());
        Path folder = temporary.resolve(getClass().getSimpleName() + UUID.randomUUID());
        platform = PlatformProcess.in(folder, all).route("both.yaml", """
                - route:
                    id: out
                    from:
                      uri: changes:counted
                      parameters: {from: earliest, retryDelay: 200ms, retryMaxDelay: 1s, retryMax: 1000}
                      steps:
                        - to: %s
                - route:
                    id: in
                    from:
                      uri: %s
                      steps:
                %s        - to: table:received?operation=insert
                """.formatted(out(), in(), inSteps()));
        platform.start();
        listen();
    }

    @AfterAll
    void stop() throws Exception {
        platform.close();
        stopNeighbour();
    }

    @Test
    @DisplayName("invariants 3, 5: out: every change arrives, in order per key, each under one id")
    void outEveryChangeArrivesInOrderPerKey() throws Exception {
        long before = record.duplicates();
        tables.write(200);
        awaitAllArrived();
        assertEquals(before, record.duplicates(), "nothing came twice where nothing failed");
    }

    @Test
    @DisplayName("invariants 8, 9: in: a message is applied once, though it comes twice")
    void inAMessageIsAppliedOnceThoughItComesTwice() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(id());
        }
        sendTwice(ids);
        awaitApplied(ids);
        String last = id();
        send(last, message(last));
        awaitApplied(List.of(last));
        assertOnce(ids);
    }

    @Test
    @DisplayName("in: what can't be applied becomes a dead letter with its reason, and the rest flows")
    void inPoisonIsADeadLetterAndTheRestFlows() throws Exception {
        List<String> sound = new ArrayList<>();
        Map<String, String> poison = new LinkedHashMap<>();
        poison.put("{\"message\":", "JSON");
        poison.put("{\"nonsense\":1}", "nonsense");
        for (Map.Entry<String, String> each : poison.entrySet()) {
            sendPoison(id(), each.getKey());
            String id = id();
            sound.add(id);
            send(id, message(id));
        }
        awaitApplied(sound);
        for (String reason : poison.values()) {
            awaitRefused(reason);
        }
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 3, 4, 5, 9: killed in the middle, nothing is lost, disordered or applied twice")
    void aKilledPlatformGoesOnWhereItWas() throws Exception {
        inTheMiddle(3, () -> {
            platform.kill();
            platform.start();
            listen();
        });
    }

    @Test
    @Tag("full")
    @DisplayName(
            "invariants 1, 3, 9: the neighbour gone in the middle: no loss, no second effect, one line at each end")
    void theNeighbourGoneInTheMiddleLosesNothing() throws Exception {
        int before = platform.output().length();
        inTheMiddle(1, () -> {
            Assumptions.assumeTrue(stopNeighbour(), "it ends with the platform");
            LockSupport.parkNanos(outage().toNanos());
            startNeighbour();
            listen();
            awaitSpeed();
        });
        assertLinesOfAnOutage(platform.output().substring(before));
    }

    /** A message that is sent now and all that waited is through before long; on a machine of its own within seconds. */
    private void awaitSpeed() throws Exception {
        long back = System.nanoTime();
        Map<Integer, Long> written = tables.written();
        String id = id();
        sendUntilTaken(id, new AtomicBoolean());
        Faults.awaiting(platform).until(() -> tables.applied().containsKey(id));
        Faults.awaiting(platform)
                .until(() -> written.entrySet().stream()
                        .allMatch(each ->
                                record.missing(each.getKey(), each.getValue()).isEmpty()));
        double seconds = (System.nanoTime() - back) / 1e9;
        assertTrue(seconds < 60, () -> "back to speed after " + seconds + " s\n" + platform.output());
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 8, 9: in: the database gone for a while: messages wait, and none is a dead letter")
    void theDatabaseGoneMakesNoDeadLetters() throws Exception {
        List<String> lines = linesOfADatabaseOutage();
        Assumptions.assumeFalse(lines.isEmpty(), "a message waits with its sender, or as a change");
        int before = platform.output().length();
        List<String> dead = deadLetters();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                tables.goAway();
            }
            String id = id();
            ids.add(id);
            send(id, message(id));
        }
        // Longer than anyone waits for a connection.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(15));
        assertEquals(dead, deadLetters());
        tables.comeBack();
        awaitApplied(ids);
        assertOnce(ids);
        assertEquals(dead, deadLetters());
        Supplier<String> log = () -> platform.output().substring(before);
        for (String line : lines) {
            Faults.awaiting(platform).until(() -> !Faults.lines(log.get(), line).isEmpty());
            assertEquals(1, Faults.lines(log.get(), line).size(), log);
        }
        assertEquals(List.of(), Faults.stackTraces(log.get()), log);
    }

    /** What the log says when the database goes and when it is back; empty where no message waits. */
    List<String> linesOfADatabaseOutage() {
        return List.of();
    }

    /** One line when it goes and one when it is back; subclasses say which. */
    void assertLinesOfAnOutage(String log) {
        assertEquals(List.of(), Faults.stackTraces(log), log);
    }

    /** Waits until a message that couldn't be applied is a dead letter for this reason. */
    void awaitRefused(String reason) throws Exception {
        Faults.awaiting(platform).until(() -> deadLetters().stream().anyMatch(error -> error.contains(reason)));
    }

    /** Their errors. */
    List<String> deadLetters() throws Exception {
        List<String> errors = new ArrayList<>();
        for (JsonNode letter : Faults.json(platform, "/api/dead-letters?limit=1000")) {
            errors.add(letter.get("error").asText());
        }
        return errors;
    }

    /** Of messages that are too large for a queue. */
    final void awaitLargeRefused() throws Exception {
        String after = id();
        send(after, message(after));
        awaitApplied(List.of(after));
        Faults.awaiting(platform)
                .until(() -> deadLetters().stream()
                                .filter(each -> each.contains("bactrian.broker.max-message-size"))
                                .count()
                        == 2);
    }

    /** As {@link #send}; a sender that is told that it is refused gives up. */
    void sendPoison(String id, String body) throws Exception {
        send(id, body);
    }

    interface Disturbance {
        void happens() throws Exception;
    }

    private void inTheMiddle(int times, Disturbance disturbance) throws Exception {
        int arrived = record.distinct();
        int applied = tables.applied().size();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int written = 0;
            while (!stop.get()) {
                tables.write(10);
                written += 10;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
            }
            return written;
        });
        List<String> acknowledged = new ArrayList<>();
        CompletableFuture<Integer> sender = CompletableFuture.supplyAsync(() -> {
            while (!stop.get()) {
                String id = id();
                sendUntilTaken(id, stop);
                synchronized (acknowledged) {
                    acknowledged.add(id);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            return acknowledged.size();
        });
        try {
            // Traffic, before anything is disturbed.
            Faults.awaiting(platform)
                    .until(() -> record.distinct() > arrived && tables.applied().size() > applied);
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
                disturbance.happens();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
        } finally {
            stop.set(true);
        }
        assertTrue(writer.get(60, TimeUnit.SECONDS) > 50, "enough to prove something");
        sender.get(60, TimeUnit.SECONDS);
        awaitAllArrived();
        List<String> all;
        synchronized (acknowledged) {
            all = List.copyOf(acknowledged);
        }
        awaitApplied(all);
        assertOnce(all);
    }

    private void sendUntilTaken(String id, AtomicBoolean stop) {
        while (true) {
            try {
                send(id, message(id));
                return;
            } catch (Exception e) {
                if (stop.get()) {
                    throw new IllegalStateException(e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    static String id() {
        return "m-" + UUID.randomUUID();
    }

    static String message(String id) {
        return "{\"message\":\"" + id + "\"}";
    }

    private void awaitAllArrived() {
        Faults.awaiting(platform).untilAsserted(() -> {
            Map<Integer, List<Long>> missing = new LinkedHashMap<>();
            tables.written().forEach((key, last) -> {
                List<Long> lost = record.missing(key, last);
                if (!lost.isEmpty()) {
                    missing.put(key, lost);
                }
            });
            assertEquals(Map.of(), missing, "missing versions by key");
        });
        assertEquals(List.of(), record.disorders());
    }

    final void awaitApplied(List<String> ids) {
        Faults.awaiting(platform).until(() -> tables.applied().keySet().containsAll(ids));
    }

    private void assertOnce(List<String> ids) throws SQLException {
        Map<String, Integer> rows = tables.applied();
        assertEquals(
                List.of(),
                ids.stream().filter(id -> rows.getOrDefault(id, 0) != 1).toList(),
                "not applied exactly once: " + rows + platform.output());
    }
}
