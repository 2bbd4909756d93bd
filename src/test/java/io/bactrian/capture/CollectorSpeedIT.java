package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures rather than tests: the bounds are far below what an otherwise quiet machine reaches. */
@Tag("full")
class CollectorSpeedIT {
    private static final int ROWS = 200_000;

    @TempDir
    Path directory;

    @Test
    void collectorRowsASecond() throws Exception {
        CapturedDatabase user = new CapturedPostgresql();
        user.install();
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            double best = 0;
            for (int round = 0; round < 4; round++) {
                fill(user, round);
                long target = (long) (round + 1) * ROWS;
                if (round == 0) {
                    rig.start();
                }
                long begin = awaitFirst(rig.journal, (long) round * ROWS);
                while (rig.journal.last() < target) {
                    Thread.onSpinWait();
                    Thread.sleep(1);
                }
                double rate = ROWS / ((System.nanoTime() - begin) / 1e9);
                best = Math.max(best, rate);
                System.out.printf("collected %,.0f rows/s%n", rate);
                rig.awaitEmptied(user);
            }
            System.out.printf("fsync p50 %.2f ms%n", fsync());
            assertTrue(best > 20_000, () -> "too slow");
        }
    }

    @Test
    void quietLatency() throws Exception {
        CapturedDatabase user = new CapturedPostgresql();
        user.install();
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user);
                Connection connection = user.connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO item (id, version, note) VALUES (?, 0, '')")) {
            long[] arrived = new long[3_000];
            rig.journal.addListener(page -> {
                long now = System.nanoTime();
                page.forEach(change -> arrived[(int) change.position() - 1] = now);
            });
            rig.start();
            rig.awaitState(CollectorStatus.State.COLLECTING);
            long[] committed = new long[arrived.length];
            long begin = System.nanoTime();
            for (int i = 0; i < arrived.length; i++) {
                while (System.nanoTime() < begin + i * 5_000_000L) {
                    Thread.sleep(0, 200_000);
                }
                insert.setInt(1, i);
                insert.executeUpdate();
                committed[i] = System.nanoTime();
            }
            rig.awaitChanges(arrived.length);
            long[] latency = new long[arrived.length - 500];
            Arrays.setAll(latency, i -> Math.max(0, arrived[i + 500] - committed[i + 500]));
            Arrays.sort(latency);
            System.out.printf(
                    "commit to handed over: p50 %.2f p95 %.2f p99 %.2f ms%n",
                    latency[latency.length / 2] / 1e6,
                    latency[latency.length * 95 / 100] / 1e6,
                    latency[latency.length * 99 / 100] / 1e6);
        }
    }

    private static long awaitFirst(Journal journal, long position) throws InterruptedException {
        while (journal.last() == position) {
            Thread.sleep(0, 100_000);
        }
        return System.nanoTime();
    }

    private static void fill(CapturedDatabase user, int round) {
        user.execute("ALTER TABLE item DISABLE TRIGGER USER");
        user.execute("INSERT INTO bactrian.change (\"table\", operation, key, new) SELECT 'item', 'i',"
                + " json_build_object('id', n), json_build_object('id', n, 'version', 0, 'note', repeat('x', 200))"
                + " FROM generate_series(" + round * ROWS + ", " + ((round + 1) * ROWS - 1) + ") n");
    }

    private double fsync() throws IOException {
        long[] times = new long[200];
        try (FileChannel file =
                FileChannel.open(directory.resolve("fsync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < times.length; i++) {
                file.write(ByteBuffer.allocate(4096));
                long begin = System.nanoTime();
                file.force(false);
                times[i] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(times);
        return times[times.length / 2] / 1e6;
    }
}
