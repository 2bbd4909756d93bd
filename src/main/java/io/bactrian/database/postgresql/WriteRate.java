package io.bactrian.database.postgresql;

/**
 * Whether the database's writers are busy, by the rows they wrote lately. For one thread.
 *
 * <p>A transaction that notifies commits alone: PostgreSQL holds one lock over the commit of each, disk included. So
 * some hundred notifications a second cost nothing that anyone sees, and some thousand are all that it can do. Between the two
 * limits it stays as it was.
 */
final class WriteRate {
    private static final long WINDOW_NANOS = 100_000_000L;
    private static final double BUSY_PER_SECOND = 800;
    private static final double QUIET_PER_SECOND = 400;

    private long began;
    private long rows;
    private boolean busy;

    WriteRate(long now) {
        began = now;
    }

    /** Rows were read at this time ({@link System#nanoTime()}), or none. */
    void read(int count, long now) {
        rows += count;
        long elapsed = now - began;
        if (elapsed < WINDOW_NANOS) {
            return;
        }
        double perSecond = rows * 1e9 / elapsed;
        busy = perSecond > (busy ? QUIET_PER_SECOND : BUSY_PER_SECOND);
        began = now;
        rows = 0;
    }

    boolean busy() {
        return busy;
    }
}
