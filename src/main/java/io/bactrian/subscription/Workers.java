package io.bactrian.subscription;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs a subscription's work on as few threads as will do.
 *
 * <p>Most handlers return at once and finish later; then one thread starts one delivery after another, and completions
 * that come meanwhile only leave word, so that no thread is woken per change. Handlers that block get a thread for each
 * of their lanes: when work waits and little of it was begun in two milliseconds, or the last calls took long, another
 * one is started. The number of threads is bounded by that of the lanes, because no more deliveries are ready at a time.
 */
final class Workers {
    /** Gives work beside what is ready. */
    interface Source {
        /** The next piece of work, null where there is none; under the lock. */
        @Nullable
        Runnable next();

        /** Whether {@link #next} would give one; under the lock. */
        boolean waits();

        /** A piece of work threw, which none should. */
        void broke(Throwable cause);
    }

    private static final Duration PATIENCE = Duration.ofMillis(2);
    private static final long LONG_NANOS = 1_000_000;
    /** Begun in that time, so many calls are quick ones: a second thread would mostly wait for the lock. */
    private static final int MANY = 40;

    private final Object lock;
    private final Shared shared;
    private final Source source;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    /** Threads that work, and those of them that were started and have not taken anything yet. */
    private int active;

    private int starting;
    private boolean watching;
    private long begun;
    private long begunBefore;
    private volatile boolean callsAreLong;

    Workers(Object lock, Shared shared, Source source) {
        this.lock = lock;
        this.shared = shared;
        this.source = source;
    }

    /** Under the lock; {@link #wake} follows. */
    void add(Runnable work) {
        ready.add(work);
    }

    /** Sees to it that waiting work is done; under the lock, from any thread. */
    void wake() {
        if (!waits()) {
            return;
        }
        if (active == 0 || (callsAreLong && starting < ready.size())) {
            start();
        } else {
            watch();
        }
    }

    /** Forgets what has not begun; under the lock. */
    void clear() {
        ready.clear();
    }

    private boolean waits() {
        return !ready.isEmpty() || source.waits();
    }

    private void start() {
        active++;
        starting++;
        if (!shared.apart(this::work)) {
            active--;
            starting--;
        }
    }

    /** Looks again in a moment: the busy threads may be stuck in their calls. */
    private void watch() {
        if (watching) {
            return;
        }
        begunBefore = begun;
        watching = shared.after(PATIENCE, this::look);
    }

    private void look() {
        synchronized (lock) {
            watching = false;
            if (!waits()) {
                return;
            }
            if (starting == 0 && begun - begunBefore < MANY) {
                start();
            } else {
                watch();
            }
        }
    }

    private void work() {
        boolean first = true;
        while (true) {
            Runnable work;
            synchronized (lock) {
                if (first) {
                    starting--;
                    first = false;
                }
                work = next();
                if (work == null) {
                    active--;
                    return;
                }
                begun++;
                wake();
            }
            long began = System.nanoTime();
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                source.broke(e);
            }
            callsAreLong = System.nanoTime() - began > LONG_NANOS;
        }
    }

    private @Nullable Runnable next() {
        Runnable work = source.next();
        return work != null ? work : ready.poll();
    }
}
