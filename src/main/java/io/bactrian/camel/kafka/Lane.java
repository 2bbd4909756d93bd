package io.bactrian.camel.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Takes its records through the route one after another; the next only when the one before is done or given up. While
 * one waits for its next try no thread is held.
 */
final class Lane implements Runnable {
    private final PollLoop loop;
    private final ArrayDeque<InboundRecord> queue = new ArrayDeque<>();
    private boolean active;

    Lane(PollLoop loop) {
        this.loop = loop;
    }

    /** Under the loop's lock. */
    void add(InboundRecord record) {
        queue.add(record);
        if (!active) {
            active = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        for (InboundRecord record = next(); record != null; record = next()) {
            Duration delay = loop.attempt(record);
            if (!settle(record, delay)) {
                return;
            }
        }
    }

    private @Nullable InboundRecord next() {
        synchronized (loop.lock()) {
            InboundRecord first = queue.peek();
            while (first != null && first.work.revoked) {
                queue.remove();
                loop.forget(first);
                first = queue.peek();
            }
            if (first == null || loop.stopping()) {
                active = false;
                return null;
            }
            first.work.inFlight++;
            return first;
        }
    }

    /** Whether to go on with the next. */
    private boolean settle(InboundRecord record, @Nullable Duration delay) {
        synchronized (loop.lock()) {
            record.work.inFlight--;
            loop.lock().notifyAll();
            if (delay == null) {
                queue.remove();
                loop.done(record);
                return true;
            }
            if (loop.stopping()) {
                active = false;
            } else {
                loop.executeLater(this, delay);
            }
            return false;
        }
    }
}
