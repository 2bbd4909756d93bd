package io.bactrian.camel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs what follows a delivery in its route: on the I/O thread that brought the answer or the acknowledgement, as long
 * as that is quick, else on a thread of the route's own. The I/O threads serve all deliveries, and a route that goes on
 * with a slow statement must not hold up the others (invariant 6); a change of threads for each delivery would cost a
 * tenth of the rate.
 *
 * <p>Thread-safe; an update of the score that is lost does no harm.
 */
public final class Continuation {
    private static final long LONG_NANOS = 1_000_000;
    /** One long run may be a pause of the collector of garbage; two soon after each other are the route. */
    private static final int SLOW = 3;

    private static final int MOST = 200;

    private final Executor own;
    private volatile int score;

    /** @param own gives the route's own threads */
    public Continuation(Executor own) {
        this.own = own;
    }

    /** Runs it here or there; it doesn't throw. */
    public void run(Runnable rest) {
        if (score < SLOW) {
            measured(rest);
            return;
        }
        try {
            own.execute(() -> measured(rest));
        } catch (RejectedExecutionException e) {
            // The route stops; what is under way still finishes.
            rest.run();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // An estimate: a lost step does no harm.
    private void measured(Runnable rest) {
        long start = System.nanoTime();
        rest.run();
        boolean slow = System.nanoTime() - start > LONG_NANOS;
        int before = score;
        if (slow) {
            score = Math.min(MOST, before + 2);
        } else if (before > 0) {
            score = before - 1;
        }
    }
}
