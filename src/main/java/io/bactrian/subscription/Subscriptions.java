package io.bactrian.subscription;

import io.bactrian.journal.Journal;
import io.bactrian.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SEAM (to be implemented): all subscriptions of this process. Thread-safe. */
public final class Subscriptions implements AutoCloseable {
    /** Keeps a subscription running; closing it drains what is in flight, saves the position, and keeps the row. */
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    public Subscriptions(Store store, Map<String, Journal> journals, Clock clock) {}

    /** Starts (or resumes) a subscription by its name; a name that already runs is refused. */
    public Handle open(SubscriptionSettings settings, ChangeHandler handler) {
        throw new UnsupportedOperationException();
    }

    public List<SubscriptionStatus> list() {
        throw new UnsupportedOperationException();
    }

    public Optional<SubscriptionStatus> find(String name) {
        throw new UnsupportedOperationException();
    }

    public void pause(String name) {}

    public void resume(String name) {}

    /** Sets it back (or on) to a position: what comes after it is delivered again, with the same ids. */
    public void replayFrom(String name, long position) {}

    public void replayFrom(String name, Instant time) {}

    /** Forgets a subscription that no route uses: position, parked changes, dead letters. */
    public void delete(String name) {}

    public DeadLetters deadLetters() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
