package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.journal.Journal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a run its changes: what was just appended is handed over in memory; where the run has fallen behind, the
 * journal is read page by page until it has caught up. Each change comes once and none is left out between the two,
 * because both go by the position up to which the run was fed.
 *
 * <p>State is guarded by the run's lock; reading and selecting are done outside it, by one worker at a time.
 */
final class Feed implements Journal.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    /** Changes that are not done; a page handed over may exceed it once. */
    private static final int WINDOW = 4_000;
    /** Done deliveries that wait for a lower position: they are small. */
    private static final int SPAN = 50_000;

    private static final int LARGEST_PAGE = 2_000;
    /** A page of large rows is cut short, roughly: by what the page before it held. */
    private static final int PAGE_CHARACTERS = 4 << 20;

    private final Object lock;
    private final Journal journal;
    private final ChangeSelection selection;
    private final LowWater lowWater;
    private final Run run;

    private final ArrayDeque<List<Change>> inbox = new ArrayDeque<>();
    private int inboxChanges;
    /** What is appended is handed over; else the journal is read. */
    private boolean caughtUp;

    private boolean appendedMeanwhile;
    private boolean feeding;
    private boolean closed;
    private boolean unreadable;
    private long fedTo;
    private int page = 250;

    Feed(Object lock, Journal journal, ChangeSelection selection, LowWater lowWater, Run run) {
        this.lock = lock;
        this.journal = journal;
        this.selection = selection;
        this.lowWater = lowWater;
        this.run = run;
        this.fedTo = lowWater.position();
    }

    @Override
    public void appended(List<Change> appended) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            if (caughtUp && lowWater.unfinished() + inboxChanges < WINDOW && lowWater.span() < SPAN) {
                inbox.add(appended);
                inboxChanges += appended.size();
            } else {
                caughtUp = false;
                appendedMeanwhile = true;
            }
            run.wake();
        }
    }

    /** Whether there is anything to feed and room for it; under the lock. */
    boolean waits() {
        return !feeding && !closed && (!inbox.isEmpty() || (!caughtUp && room()));
    }

    /** The work of feeding a page; under the lock, where it {@link #waits}. */
    Runnable next() {
        feeding = true;
        return this::feed;
    }

    void close() {
        closed = true;
        inbox.clear();
        journal.removeListener(this);
    }

    private boolean room() {
        return lowWater.unfinished() <= WINDOW - LARGEST_PAGE && lowWater.span() < SPAN;
    }

    private void feed() {
        List<Change> handed;
        long from;
        synchronized (lock) {
            from = fedTo;
            handed = inbox.poll();
            if (handed == null) {
                appendedMeanwhile = false;
            } else {
                inboxChanges -= handed.size();
            }
        }
        List<Change> read;
        try {
            read = handed == null ? journal.read(from, page) : handed;
            if (handed == null && gone(from, read)) {
                fellBehind(from);
                return;
            }
        } catch (RuntimeException e) {
            readAgain(e);
            return;
        }
        take(read, from);
    }

    private void take(List<Change> read, long from) {
        List<Change> passing = new ArrayList<>(read.size());
        long characters = 0;
        for (Change change : read) {
            if (change.position() > from && selection.passes(change)) {
                passing.add(change);
                characters += length(change.beforeJson()) + length(change.afterJson());
            }
        }
        long average = 1 + characters / Math.max(1, passing.size());
        synchronized (lock) {
            page = (int) Math.max(1, Math.min(Math.min(LARGEST_PAGE, 2L * page), PAGE_CHARACTERS / average));
            feeding = false;
            unreadable = false;
            if (closed) {
                return;
            }
            if (read.isEmpty()) {
                caughtUp = !appendedMeanwhile;
                run.proceed();
                return;
            }
            fedTo = Math.max(from, read.get(read.size() - 1).position());
            run.take(passing, fedTo);
        }
    }

    /** Whether changes after {@code from} were removed before we read them. */
    private boolean gone(long from, List<Change> read) {
        return journal.first() > from + 1 && (read.isEmpty() || read.get(0).position() > from + 1);
    }

    private void fellBehind(long from) {
        synchronized (lock) {
            feeding = false;
            if (!closed) {
                run.halt(SubscriptionStatus.State.STOPPED, gone(from, journal));
            }
        }
    }

    /** Explains that changes are missing, and what can be done. */
    static String gone(long position, Journal journal) {
        return "The changes from position " + (position + 1) + " to " + (journal.first() - 1)
                + " are no longer in the journal (its retention passed them before they were delivered); replay from "
                + (journal.first() - 1) + " or later to go on without them";
    }

    private void readAgain(RuntimeException cause) {
        synchronized (lock) {
            if (!unreadable && !closed) {
                unreadable = true;
                LOG.error("{}: the journal can't be read, tried again each second: {}", run.name(), cause.getMessage());
            }
        }
        run.shared().after(Duration.ofSeconds(1), () -> {
            synchronized (lock) {
                feeding = false;
                run.wake();
            }
        });
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
