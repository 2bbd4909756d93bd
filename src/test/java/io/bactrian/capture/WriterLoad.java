package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.change.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writers that count up the versions of the same few rows, one of them in slow transactions, one transaction in ten
 * rolled back. A row's versions in the journal must be 0, 1, 2 and so on, to the last.
 */
final class WriterLoad {
    private final CapturedDatabase user;
    private final int writers;
    private final int rows;
    private final Duration duration;
    private final long slowMillis;
    private final AtomicLong committed = new AtomicLong();
    private final List<Throwable> failures = new ArrayList<>();

    WriterLoad(CapturedDatabase user, int writers, int rows, Duration duration, long slowMillis) {
        this.user = user;
        this.writers = writers;
        this.rows = rows;
        this.duration = duration;
        this.slowMillis = slowMillis;
    }

    void run() throws InterruptedException {
        for (int id = 0; id < rows; id++) {
            user.insert(id);
        }
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            int number = writer;
            Thread thread = new Thread(() -> write(number));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (failures) {
            assertEquals(List.of(), failures);
        }
    }

    /** Updates that were committed. */
    long committed() {
        return committed.get();
    }

    void assertComplete(List<Change> changes) throws SQLException {
        Map<String, Long> versions = new HashMap<>();
        long disordered = 0;
        for (Change change : changes) {
            long version =
                    ((Number) java.util.Objects.requireNonNull(change.row()).get("version")).longValue();
            @Nullable Long before = versions.put(change.keyJson(), version);
            if (version != (before == null ? 0 : before + 1)) {
                disordered++;
            }
        }
        long lost;
        try (Connection connection = user.connect()) {
            lost = CapturedDatabase.number(connection, "SELECT sum(version + 1) FROM item") - changes.size();
        }
        assertEquals("lost 0, disordered 0", "lost " + lost + ", disordered " + disordered);
    }

    private void write(int writer) {
        Random random = new Random(writer);
        long end = System.nanoTime() + duration.toNanos();
        try (Connection connection = user.connect();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE item SET version = version + 1 WHERE id = ?")) {
            while (System.nanoTime() < end) {
                user.begin(connection);
                // Ascending, so that writers don't deadlock.
                int first = random.nextInt(rows);
                int count = 0;
                for (int id = first; id < Math.min(rows, first + 1 + random.nextInt(3)); id++) {
                    update.setInt(1, id);
                    count += update.executeUpdate();
                    if (writer == 0) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(slowMillis / 2));
                    }
                }
                if (random.nextInt(10) == 0) {
                    user.end(connection, false);
                } else {
                    user.end(connection, true);
                    committed.addAndGet(count);
                }
            }
        } catch (SQLException | RuntimeException e) {
            synchronized (failures) {
                failures.add(e);
            }
        }
    }
}
