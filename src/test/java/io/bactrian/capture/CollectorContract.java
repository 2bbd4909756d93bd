package io.bactrian.capture;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.CollectorStatus.State;
import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every product's collector keeps; one line per product. The numbers are those of {@code docs/pitfalls.md}. In one
 * file, so that it reads as a table of contents.
 */
abstract class CollectorContract {
    @TempDir
    Path directory;

    CapturedDatabase user;
    final List<CollectorRig> rigs = new ArrayList<>();

    abstract CapturedDatabase newDatabase(Path directory) throws Exception;

    @BeforeEach
    void install() throws Exception {
        user = newDatabase(directory);
        user.install();
    }

    @AfterEach
    void closeAll() {
        rigs.forEach(CollectorRig::close);
    }

    @Test
    @DisplayName(
            "pitfalls 1, 2, 3, 5; invariants 1, 2, 3: nothing is lost or out of order beside slow transactions and rollbacks")
    void slowTransactionsAndRollbacksLoseAndDisorderNothing() throws Exception {
        CollectorRig rig = start("data");
        WriterLoad load = new WriterLoad(user, 9, 40, Duration.ofSeconds(4), user.oneWriter() ? 40 : 400);
        load.run();
        rig.awaitChanges(load.committed() + 40);
        load.assertComplete(rig.changes());
        rig.awaitEmptied(user);
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    @DisplayName("pitfall 3: a row that becomes visible late, below others, is collected too")
    void aRowThatBecomesVisibleLateIsCollected() throws Exception {
        CollectorRig rig = start("data");
        try (Connection slow = user.connect()) {
            slow.setAutoCommit(false);
            if (!user.oneWriter()) {
                user.insert(slow, 1);
            }
            for (int id = 2; id < 10; id++) {
                user.insert(id);
            }
            rig.awaitChanges(8);
            if (user.oneWriter()) {
                user.insert(slow, 1);
            }
            slow.commit();
        }
        rig.awaitChanges(9);
        assertEquals(9, new HashSet<>(rig.keys()).size());
        rig.awaitEmptied(user);
    }

    @Test
    @DisplayName("invariant 2: what is rolled back is never seen")
    void whatIsRolledBackIsNeverSeen() throws Exception {
        CollectorRig rig = start("data");
        try (Connection connection = user.connect()) {
            connection.setAutoCommit(false);
            user.insert(connection, 1);
            connection.rollback();
        }
        user.insert(2);
        rig.awaitChanges(1);
        assertEquals(List.of("{\"id\":2}"), rig.keys());
    }

    @Test
    void aChangeComesWithAllThatTheTriggerWrote() throws Exception {
        CollectorRig rig = start("data");
        user.insert(1);
        user.execute("UPDATE item SET version = 7 WHERE id = 1");
        user.execute("UPDATE item SET id = 2 WHERE id = 1");
        user.execute("DELETE FROM item WHERE id = 2");
        user.truncate();
        rig.awaitChanges(5);
        List<Change> changes = rig.changes();
        assertEquals(
                List.of(Operation.INSERT, Operation.UPDATE, Operation.UPDATE, Operation.DELETE, Operation.TRUNCATE),
                changes.stream().map(Change::operation).toList());
        assertEquals(
                List.of("{\"id\":1}", "{\"id\":1}", "{\"id\":2}", "{\"id\":2}", "{}"),
                changes.stream().map(Change::keyJson).toList());
        assertEquals("{\"id\":1}", changes.get(2).keyBeforeJson());
        assertEquals("main-1-1", changes.get(0).id().toString());
        assertEquals("7", String.valueOf(changes.get(1).row().get("version")));
        assertEquals(List.of("crm", "shop"), changes.get(4).origin());
        assertTrue(
                Duration.between(changes.get(0).time(), changes.get(0).collected())
                                .abs()
                                .toMinutes()
                        < 5,
                changes.get(0)::toString);
    }

    @Test
    @DisplayName("pitfall 4; invariant 14: a page whose removal a crash prevented is there once")
    void aPageAppendedBeforeACrashIsNotDoubled() throws Exception {
        user.insertAll(0, 300);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.appendWithoutRemoving();
        }
        // Others come in between, below and above.
        user.insertAll(300, 320);
        CollectorRig rig = start("data");
        rig.awaitChanges(320);
        rig.awaitEmptied(user);
        assertEquals(320, new HashSet<>(rig.keys()).size());
        assertEquals(320, rig.changes().size());
        assertEquals(List.of(), rig.status().gaps());
        assertEquals(1, rig.status().epoch());
    }

    @Test
    @DisplayName("invariant 14: a page whose removal was committed just before a crash is neither doubled nor dropped")
    void aPageRemovedBeforeACrashIsConfirmed() throws Exception {
        user.insertAll(0, 300);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.appendAndRemoveWithoutConfirming();
        }
        user.insertAll(300, 320);
        CollectorRig rig = start("data");
        rig.awaitChanges(320);
        rig.awaitEmptied(user);
        assertEquals(320, new HashSet<>(rig.keys()).size());
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    @DisplayName("invariant 14: stopping and starting again goes on where it was")
    void itGoesOnAfterAStop() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
                rig.start();
                for (int n = 0; n < 20; n++) {
                    user.insert(i * 20 + n);
                }
                if (i % 2 == 0) {
                    rig.awaitChanges(i * 20 + 20);
                }
            }
        }
        CollectorRig rig = start("data");
        rig.awaitChanges(100);
        rig.awaitEmptied(user);
        assertEquals(100, new HashSet<>(rig.keys()).size());
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    @DisplayName("pitfall 36; invariant 6: an idle transaction leaves the latency of others as it was")
    void anIdleTransactionDelaysNobody() throws Exception {
        CollectorRig rig = start("data");
        try (Connection idle = user.connect()) {
            idle.setAutoCommit(false);
            if (user.oneWriter()) {
                user.count(idle);
            } else {
                user.insert(idle, 1_000);
            }
            long slowest = 0;
            for (int id = 0; id < 20; id++) {
                user.insert(id);
                long begin = System.nanoTime();
                rig.awaitChanges(id + 1);
                slowest = Math.max(slowest, System.nanoTime() - begin);
            }
            // A poll of 50 ms is the slowest of what is allowed; the rest is the machine's other work.
            assertTrue(slowest < SECONDS.toNanos(1), "slowest " + slowest / 1_000_000 + " ms");
            idle.commit();
        }
        rig.awaitChanges(user.oneWriter() ? 20 : 21);
    }

    @Test
    @DisplayName("pitfall 37; invariant 5: sequence numbers that a crash gave out again are not taken for duplicates")
    void reissuedSequenceNumbersAreNewChanges() throws Exception {
        user.insertAll(0, 10);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.appendWithoutRemoving();
        }
        // The last five transactions are lost, and others take their numbers.
        user.loseChangesAfter(5);
        user.insertAll(100, 103);
        CollectorRig rig = start("data");
        await().until(() -> rig.keys().contains("{\"id\":102}"));
        List<Change> changes = rig.changes();
        Set<String> ids = new HashSet<>();
        changes.forEach(change -> assertTrue(ids.add(change.id().toString()), () -> "twice: " + change));
        assertEquals(1, rig.status().gaps().size(), () -> rig.status().toString());
        assertEquals(2, rig.status().epoch());
        assertTrue(rig.keys().containsAll(List.of("{\"id\":100}", "{\"id\":101}", "{\"id\":102}")));
        rig.awaitEmptied(user);
    }

    @Test
    @DisplayName("pitfall 38; invariant 14: a database restored from a backup is noticed and marked")
    void aRestoredDatabaseIsMarked() throws Exception {
        long before;
        user.insert(1);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.start();
            rig.awaitChanges(1);
            rig.awaitEmptied(user);
        }
        user.backup();
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.start();
            user.insertAll(2, 10);
            rig.awaitChanges(9);
            rig.awaitEmptied(user);
            before = rig.journal.last();
        }
        user.restore();
        CollectorRig rig = start("data");
        user.insertAll(20, 22);
        await().until(() -> rig.changes().size() == 11);
        assertEquals(1, rig.status().gaps().size());
        assertEquals(before, rig.status().gaps().get(0).position());
        assertEquals(2, rig.status().epoch());
        assertEquals("main-2-2", rig.changes().get(9).id().toString());
    }

    @Test
    @DisplayName(
            "pitfall 38; invariant 14: a store restored from a backup is noticed and marked; no position or id is given twice")
    void aRestoredStoreIsMarked() throws Exception {
        List<Change> lost;
        user.insert(1);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.start();
            rig.awaitChanges(1);
            rig.awaitEmptied(user);
        }
        CapturedDatabase.copyTree(directory.resolve("data"), directory.resolve("copy"));
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.start();
            user.insertAll(2, 10);
            rig.awaitChanges(9);
            rig.awaitEmptied(user);
            lost = rig.changes();
        }
        CollectorRig rig = start("copy");
        user.insert(20);
        await().until(() -> rig.keys().contains("{\"id\":20}"));
        assertEquals(1, rig.status().gaps().size());
        Change next = rig.changes().get(rig.changes().size() - 1);
        assertTrue(next.position() > lost.get(lost.size() - 1).position());
        assertFalse(lost.stream().anyMatch(change -> change.id().equals(next.id())));
    }

    @Test
    @DisplayName("pitfall 39; invariant 15: a second store refuses to collect, and says how to take over")
    void aSecondStoreRefusesUntilItTakesOver() throws Exception {
        CollectorRig first = start("data");
        user.insert(1);
        first.awaitChanges(1);
        CollectorRig second = start("other");
        second.awaitState(State.REFUSED);
        assertTrue(
                String.valueOf(second.status().error()).contains("./bactrian capture takeover"),
                () -> String.valueOf(second.status().error()));
        assertEquals(first.store.id(), second.status().owner());
        user.takeover(second.store.id());
        first.awaitState(State.REFUSED);
        first.close();
        second.awaitState(State.COLLECTING);
        user.insert(2);
        await().until(() -> second.keys().contains("{\"id\":2}"));
        assertEquals(1, second.status().gaps().size());
        assertEquals(2, second.status().epoch());
    }

    @Test
    @DisplayName("pitfall 40; invariant 5: what comes after uninstall and install is not confused with what was before")
    void installingAgainBeginsANewEpoch() throws Exception {
        CollectorRig rig = start("data");
        user.insert(1);
        rig.awaitChanges(1);
        user.uninstall();
        rig.awaitState(State.NOT_INSTALLED);
        assertTrue(String.valueOf(rig.status().error()).contains("./bactrian capture install"));
        user.insert(2);
        user.install();
        rig.awaitState(State.COLLECTING);
        user.insert(3);
        await().until(() -> rig.keys().contains("{\"id\":3}"));
        assertEquals(List.of("{\"id\":1}", "{\"id\":3}"), rig.keys());
        assertEquals(1, rig.status().gaps().size());
        assertEquals(2, rig.status().epoch());
        assertNotEquals(rig.changes().get(0).id(), rig.changes().get(1).id());
    }

    @Test
    void aDatabaseThatIsNotThereYetIsCollectedOnceItIs() throws Exception {
        CapturedDatabase later = newDatabase(directory.resolve("later"));
        later.takeAway();
        CollectorRig rig = new CollectorRig(directory.resolve("data2"), later);
        rigs.add(rig);
        rig.start();
        rig.awaitState(State.DISCONNECTED);
        assertNotEquals(null, rig.status().error());
        later.bringBack();
        rig.awaitState(State.NOT_INSTALLED);
        later.install();
        later.insert(1);
        rig.awaitChanges(1);
        rig.awaitState(State.COLLECTING);
        assertEquals(null, rig.status().error());
    }

    @Test
    @DisplayName(
            "a journal that can't be written: collecting stops, the users' writes go on, and it recovers by itself")
    void aJournalThatCannotBeWrittenStallsOnlyTheCollector() throws Exception {
        CollectorRig rig = start("data");
        user.insert(1);
        rig.awaitChanges(1);
        Path segment = directory.resolve("data/journal/main/1.db");
        try (Connection blocker = DriverManager.getConnection("jdbc:sqlite:" + segment);
                Statement statement = blocker.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            user.insert(2);
            rig.awaitState(State.STALLED);
            assertTrue(
                    String.valueOf(rig.status().error()).contains("journal"),
                    () -> rig.status().toString());
            user.insert(3);
        }
        rig.awaitChanges(3);
        rig.awaitState(State.COLLECTING);
        assertEquals(List.of("{\"id\":1}", "{\"id\":2}", "{\"id\":3}"), rig.keys());
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    void listenersHearEveryChangeOnceAndInOrder() throws Exception {
        CollectorRig rig = new CollectorRig(directory.resolve("data"), user);
        rigs.add(rig);
        List<Long> heard = new ArrayList<>();
        rig.journal.addListener(page -> {
            synchronized (heard) {
                page.forEach(change -> heard.add(change.position()));
            }
        });
        rig.start();
        user.insertAll(0, 200);
        rig.awaitChanges(200);
        await().untilAsserted(() -> {
            synchronized (heard) {
                assertEquals(rig.changes().stream().map(Change::position).toList(), heard);
            }
        });
    }

    @Test
    void largeRowsComeInSmallPages() throws Exception {
        CollectorRig rig = new CollectorRig(directory.resolve("data"), user);
        rigs.add(rig);
        List<Integer> pages = new ArrayList<>();
        rig.journal.addListener(page -> {
            synchronized (pages) {
                pages.add(page.size());
            }
        });
        for (int id = 0; id < 20; id++) {
            user.insert(id, "x".repeat(1 << 20));
        }
        rig.start();
        rig.awaitChanges(20);
        await().untilAsserted(() -> {
            synchronized (pages) {
                assertEquals(List.of(8, 8, 4), pages);
            }
        });
        rig.awaitEmptied(user);
    }

    @Test
    @DisplayName("invariants 1, 3, 14: kill -9 at any instant loses, doubles and disorders nothing")
    void killedThreeTimesItLosesNothing() throws Exception {
        killUnderLoad(3);
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 3, 14: kill -9 at any instant loses, doubles and disorders nothing (long)")
    void killedTwentyTimesItLosesNothing() throws Exception {
        killUnderLoad(20);
    }

    private void killUnderLoad(int kills) throws Exception {
        Path data = directory.resolve("data");
        AtomicBoolean over = new AtomicBoolean();
        WriterLoad load = new WriterLoad(user, 4, 40, Duration.ofMinutes(5), 10).until(over::get);
        Thread writers = new Thread(load::runUnchecked);
        writers.start();
        try {
            Random random = new Random(kills);
            for (int kill = 0; kill < kills; kill++) {
                Process process = CollectorProcess.start(data, user.settings());
                // It says so when it collects.
                assertEquals('c', process.getInputStream().read());
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
                process.destroyForcibly().waitFor();
            }
        } finally {
            over.set(true);
            writers.join();
        }
        CollectorRig rig = start("data");
        rig.awaitChanges(load.committed() + 40);
        rig.awaitEmptied(user);
        load.assertComplete(rig.changes());
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    @DisplayName("invariants 1, 3: a probe is taken out and becomes no change, whatever is written beside it")
    void aProbeLeavesNothingAndHidesNothing() throws Exception {
        CollectorRig rig = start("data");
        rig.awaitState(State.COLLECTING);
        user.insert(1);
        Simulation simulation = new Simulation(
                rig.database,
                new Capture(
                        rig.database, new CaptureSettings(List.of("item"), List.of(), CaptureSettings.Install.AUTO)),
                rig.collector);
        AtomicBoolean writing = new AtomicBoolean(true);
        Thread writer = new Thread(() -> {
            user.insertAll(2, 200);
            writing.set(false);
        });
        writer.start();
        do {
            List<Simulation.Hop> hops = simulation.run();
            assertTrue(hops.stream().allMatch(Simulation.Hop::ok), hops::toString);
            assertEquals(5, hops.size());
        } while (writing.get());
        writer.join();
        user.insert(200);
        rig.awaitChanges(200);
        assertEquals(200, rig.changes().size());
        assertEquals(200, new HashSet<>(rig.keys()).size());
        assertEquals(List.of(), rig.status().gaps());
        rig.awaitEmptied(user);
    }

    @Test
    @DisplayName("invariant 14: a probe that a crash left behind is taken out by the next collector")
    void aProbeThatACrashLeftBehindIsTakenOut() throws Exception {
        CollectorRig rig = start("data");
        user.insert(1);
        rig.awaitChanges(1);
        rig.close();
        rigs.remove(rig);
        user.execute("INSERT INTO " + user.ours() + "change (\"table\", operation, \"key\") VALUES ('x', 'p', '{}')");
        user.insert(2);
        CollectorRig next = start("data");
        next.awaitChanges(2);
        next.awaitEmptied(user);
        assertEquals(List.of("{\"id\":1}", "{\"id\":2}"), next.keys());
        assertEquals(List.of(), next.status().gaps());
    }

    CollectorRig start(String data) {
        CollectorRig rig = new CollectorRig(directory.resolve(data), user);
        rigs.add(rig);
        rig.start();
        return rig;
    }
}
