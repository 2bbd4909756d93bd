package io.bactrian.bench;

import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** W2c: what the trigger costs the user's transactions: write rate with it ÷ without, interleaved, median of rounds. */
final class TriggerCost {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 5;

    private final Path folder;
    private final AtomicLong ids = new AtomicLong();

    TriggerCost(Path folder) {
        this.folder = folder;
    }

    void run(Figures figures) throws Exception {
        Shop without = new Shop();
        Shop with = new Shop();
        try (PlatformProcess platform = PlatformProcess.in(folder.resolve("w2c"), with.configuration())) {
            platform.start();
            // The platform is away while it is measured: the trigger's cost alone, not the collector's share of the
            // cores.
            platform.stop();
        }
        for (String synchronous : List.of("on", "off")) {
            writeRate(without, synchronous, 2000);
            writeRate(with, synchronous, 2000);
            double[] ratios = new double[ROUNDS];
            double[] rates = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                double plain = writeRate(without, synchronous, 3000);
                rates[round] = writeRate(with, synchronous, 3000);
                ratios[round] = rates[round] / plain;
                with.execute("TRUNCATE bactrian.change");
            }
            Arrays.sort(ratios);
            Arrays.sort(rates);
            figures.note(
                    "W2c sync " + synchronous,
                    String.format(Locale.ROOT, "%.2f", ratios[ROUNDS / 2]),
                    String.format(
                            Locale.ROOT,
                            "with ÷ without, median of %d (%.2f to %.2f); %,.0f tx/s with, %d clients",
                            ROUNDS,
                            ratios[0],
                            ratios[ROUNDS - 1],
                            rates[ROUNDS / 2],
                            CLIENTS));
        }
    }

    private double writeRate(Shop shop, String synchronous, int millis) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            long until = System.nanoTime() + millis * 1_000_000L;
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                counts.add(clients.submit(() -> write(shop, synchronous, until)));
            }
            long total = 0;
            for (Future<Long> count : counts) {
                total += count.get();
            }
            return total / (millis / 1000.0);
        } finally {
            clients.shutdownNow();
        }
    }

    private long write(Shop shop, String synchronous, long until) throws Exception {
        try (Connection connection = shop.connect();
                PreparedStatement insert = Shop.insert(connection)) {
            connection.createStatement().execute("SET synchronous_commit = " + synchronous);
            long count = 0;
            while (System.nanoTime() < until) {
                Shop.bind(insert, ids.incrementAndGet());
                insert.execute();
                count++;
            }
            return count;
        }
    }
}
