package io.bactrian.http;

import java.util.concurrent.Semaphore;

/**
 * Bounds how many threads wait for one kind of work (a database that hangs holds each for seconds), so that some are left
 * to say that we live.
 */
final class Turns {
    private final Semaphore free;
    private final String what;

    Turns(String what, int most) {
        this.what = what;
        this.free = new Semaphore(most);
    }

    /** Runs it now, or refuses: come again in a second. */
    void run(Runnable work) {
        if (!free.tryAcquire()) {
            throw HttpProblem.unavailable("Too many " + what + " are under way", 1);
        }
        try {
            work.run();
        } finally {
            free.release();
        }
    }
}
