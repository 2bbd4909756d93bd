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
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private static final int WRITES = 4_000;
    private static final int ROUNDS = 6;

    /** By what was measured: the best round, for whatever else the machine does can only slow one down. */
    private final Map<String, String> best = new LinkedHashMap<>();

    private final Map<String, Double> rates = new HashMap<>();

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
            run(
                    database,
                    "CREATE TABLE mirror (id bigint PRIMARY KEY, customer text, amount numeric(12,2), version int)");
            new Capture(database, new CaptureSettings(List.of("captured"), List.of(), Install.AUTO)).install(List.of());
            TableWriter writer = new TableWriter(database);
            AtomicLong ids = new AtomicLong();
            for (int round = 0; round < ROUNDS; round++) {
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
            for (int round = 0; round < 3; round++) {
                batches(ids, "upserts in batches of 1,000", writer, false);
                batches(ids, "the same with a version", writer, true);
            }
            best.values().forEach(System.out::println);
            TableReader reader = new TableReader(database);
            for (String table : List.of("bare", "plain", "claimed", "stamped", "captured")) {
                assertEquals(
                        ROUNDS * WRITES,
                        reader.list(table, Map.of(), 10 * WRITES, 0).size(),
                        table);
            }
        }
    }

    private void batches(AtomicLong ids, String what, TableWriter writer, boolean versions) {
        long start = System.nanoTime();
        for (int batch = 0; batch < 20; batch++) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                rows.add(Map.of(
                        "id", ids.incrementAndGet(), "customer", "customer " + i, "amount", "12.34", "version", 1));
            }
            writer.write(new WriteRequest(
                    "mirror",
                    Action.UPSERT,
                    rows,
                    List.of(),
                    List.of("crm"),
                    claim(ids.incrementAndGet()),
                    versions ? "version" : null,
                    WriteRequest.OnConflict.OVERWRITE,
                    false));
        }
        double rate = 20_000 / ((System.nanoTime() - start) / 1e9);
        if (rate > rates.getOrDefault(what, 0.0)) {
            rates.put(what, rate);
            best.put(what, "%-40s %,8.0f rows/s".formatted(what, rate));
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

    private void measure(AtomicLong ids, String what, Write write) throws Exception {
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
            double rate = all.size() / seconds;
            if (rate > rates.getOrDefault(what, 0.0)) {
                rates.put(what, rate);
                best.put(
                        what,
                        "%-40s %,8.0f/s  p50 %.1f  p99 %.1f ms"
                                .formatted(
                                        what,
                                        rate,
                                        all.get(all.size() / 2) / 1e6,
                                        all.get(all.size() * 99 / 100) / 1e6));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
