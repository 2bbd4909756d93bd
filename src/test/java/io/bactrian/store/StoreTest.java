package io.bactrian.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir
    Path directory;

    @Test
    void itsNameIsMadeOnceAndKept() {
        String id;
        try (Store store = Store.open(directory)) {
            id = store.id();
        }
        try (Store store = Store.open(directory)) {
            assertEquals(id, store.id());
        }
    }

    @Test
    void whatAFutureReportsAsDoneIsSeenByReaders() {
        try (Store store = Store.open(directory)) {
            put(store, "a", "1").join();
            assertEquals(List.of("1"), values(store));
        }
    }

    @Test
    void aFailedWriteLeavesNothingAndTheOthersOfItsGroupStay() {
        try (Store store = Store.open(directory)) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int n = i;
                writes.add(store.write(connection -> {
                    insert(connection.createStatement(), "k" + n, "v" + n);
                    if (n % 10 == 3) {
                        throw new IllegalStateException("refused " + n);
                    }
                    if (n % 10 == 7) {
                        insert(connection.createStatement(), "k" + n, "twice");
                    }
                    return n;
                }));
            }
            for (int i = 0; i < writes.size(); i++) {
                CompletableFuture<?> write = writes.get(i);
                if (i % 10 == 3) {
                    assertInstanceOf(
                            IllegalStateException.class,
                            assertThrows(CompletionException.class, write::join).getCause());
                } else if (i % 10 == 7) {
                    assertInstanceOf(
                            StoreException.class,
                            assertThrows(CompletionException.class, write::join).getCause());
                } else {
                    assertEquals(i, write.join());
                }
            }
            assertEquals(160, values(store).size());
        }
    }

    @Test
    void closingWritesWhatWasQueued() {
        try (Store store = Store.open(directory)) {
            for (int i = 0; i < 1_000; i++) {
                CompletableFuture<?> unused = put(store, "k" + i, "v");
            }
        }
        try (Store store = Store.open(directory)) {
            assertEquals(1_000, values(store).size());
        }
    }

    @Test
    void afterClosingItRefusesReadsAndWrites() {
        Store store = Store.open(directory);
        store.close();
        store.close();
        assertThrows(StoreException.class, () -> values(store));
        assertThrows(CompletionException.class, () -> put(store, "a", "b").join());
    }

    @Test
    void aReaderCannotWrite() {
        try (Store store = Store.open(directory)) {
            assertThrows(
                    StoreException.class,
                    () -> store.read(connection -> insert(connection.createStatement(), "a", "b")));
        }
    }

    @Test
    @DisplayName("invariant 15: a second platform on the same data/ is refused with the remedy")
    void aSecondStoreOnTheSameDirectoryIsRefused() {
        try (Store store = Store.open(directory)) {
            StoreException refusal = assertThrows(StoreException.class, () -> Store.open(directory));
            assertTrue(refusal.getMessage().contains("--data"), refusal.getMessage());
            put(store, "still", "works").join();
            assertThrows(StoreException.class, () -> Store.open(directory));
        }
        Store.open(directory).close();
    }

    @Test
    @DisplayName("invariant 15: a second process on the same data/ is refused with the remedy")
    void aSecondProcessIsRefused() throws Exception {
        try (Store store = Store.open(directory)) {
            String output = openInAnotherProcess();
            assertTrue(
                    output.contains(
                            "in use by process " + ProcessHandle.current().pid()),
                    output);
            assertTrue(output.contains("--data"), output);
        }
        assertEquals("opened", openInAnotherProcess());
    }

    @Test
    @DisplayName("invariant 5: epochs only grow, also past what another copy of the store issued")
    void epochsAreNeverReused() {
        try (Store store = Store.open(directory)) {
            EpochTable epochs = new EpochTable(store);
            assertEquals(1, epochs.issue("main", 0));
            assertEquals(2, epochs.issue("main", 1));
            assertEquals(3, epochs.issue("main", 0));
            assertEquals(10, epochs.issue("main", 9));
            assertEquals(1, epochs.issue("other", 0));
        }
        try (Store store = Store.open(directory)) {
            assertEquals(11, new EpochTable(store).issue("main", 0));
        }
    }

    private String openInAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opener.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    /** Opens a store and says how that went. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] args) {
            try (Store store = Store.open(Path.of(args[0]))) {
                System.out.println("opened");
            } catch (StoreException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static CompletableFuture<Integer> put(Store store, String name, String value) {
        return store.write(connection -> insert(connection.createStatement(), name, value));
    }

    private static int insert(Statement statement, String name, String value) throws SQLException {
        try (statement) {
            return statement.executeUpdate("INSERT INTO store (name, value) VALUES ('" + name + "', '" + value + "')");
        }
    }

    private static List<String> values(Store store) {
        return store.read(connection -> {
            List<String> values = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT value FROM store WHERE name <> 'id'")) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        });
    }
}
