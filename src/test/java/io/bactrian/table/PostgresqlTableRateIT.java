package io.bactrian.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.Claim;
import io.bactrian.testing.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints what writes cost: 16 connections, fsync on, server and clients on the same machine. */
@Tag("full")
class PostgresqlTableRateIT {
    private static final int THREADS = 16;
    private static final int WRITES = Integer.getInteger("table.rate.writes", 20_000);

    private interface Write {
        void write(long id) throws SQLException;
    }

    @Test
    void writesInOneTripAreCountedAndTimed() throws Exception {
        var settings = new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, THREADS);
        try (Database database = Database.open(settings)) {
            for (String table : List.of("bare", "plain", "claimed", "stamped", "captured")) {
                run(
                        database,
                        "CREATE TABLE " + table + " (id bigint PRIMARY KEY, customer text, amount numeric(12,2))");
            }
            new Capture(database, new CaptureSettings(List.of("captured"), List.of(), Install.AUTO)).install(List.of());
            TableWriter writer = new TableWriter(database);
            AtomicLong ids = new AtomicLong();
            for (int round = 0; round < 2; round++) {
                measure(ids, "bare JDBC insert", id -> bare(database, id));
                measure(ids, "insert", id -> writer.write(insert("plain", id)));
                measure(
                        ids,
                        "insert, stamped",
                        id -> writer.write(insert("stamped", id).stamped(List.of("crm"))));
                measure(
                        ids,
                        "insert, stamped and claimed",
                        id -> writer.write(
                                insert("claimed", id).stamped(List.of("crm")).once(claim(id))));
                measure(
                        ids,
                        "the same on a captured table",
                        id -> writer.write(
                                insert("captured", id).stamped(List.of("crm")).once(claim(id))));
            }
            TableReader reader = new TableReader(database);
            for (String table : List.of("bare", "plain", "claimed", "stamped", "captured")) {
                assertEquals(
                        2 * WRITES, reader.list(table, Map.of(), 10 * WRITES, 0).size(), table);
            }
        }
    }

    private static WriteRequest insert(String table, long id) {
        return WriteRequest.of(
                table, Action.INSERT, List.of(Map.of("id", id, "customer", "customer " + id, "amount", "12.34")));
    }

    private static Optional<Claim> claim(long id) {
        return Optional.of(new Claim("hook", "step1 main.orders auto", 0, "msg_" + id, 0));
    }

    private static void bare(Database database, long id) throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.prepareStatement("INSERT INTO bare VALUES (?, ?, ?::numeric)")) {
            statement.setLong(1, id);
            statement.setString(2, "customer " + id);
            statement.setString(3, "12.34");
            statement.executeUpdate();
        }
    }

    private static void run(Database database, String sql) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private static void measure(AtomicLong ids, String what, Write write) throws Exception {
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<long[]>> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                tasks.add(() -> {
                    long[] nanos = new long[WRITES / THREADS];
                    for (int i = 0; i < nanos.length; i++) {
                        long before = System.nanoTime();
                        write.write(ids.incrementAndGet());
                        nanos[i] = System.nanoTime() - before;
                    }
                    return nanos;
                });
            }
            long start = System.nanoTime();
            List<Long> all = new ArrayList<>();
            for (Future<long[]> future : threads.invokeAll(tasks)) {
                Arrays.stream(future.get()).forEach(all::add);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            all.sort(null);
            System.out.printf(
                    "%-30s %,8.0f/s  p50 %.1f  p99 %.1f ms%n",
                    what, all.size() / seconds, all.get(all.size() / 2) / 1e6, all.get(all.size() * 99 / 100) / 1e6);
        } finally {
            threads.shutdownNow();
        }
    }
}
