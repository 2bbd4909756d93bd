package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.journal.Journal;
import io.bactrian.store.AttemptFile;
import io.bactrian.store.DeadLetterTable;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.Store;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscriptions of this process: those that are open, and those of which only the row is left.
 *
 * <p>A subscription that does nothing costs no thread and no timer. Thread-safe; what opens, pauses, resumes, replays or
 * closes one blocks until that is done, at most about 10 seconds where a delivery doesn't finish.
 */
public final class Subscriptions implements ChangeSource, AutoCloseable {
    /** Keeps a subscription running; closing it drains what is in flight, saves the position, and keeps the row. */
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final Duration ORPHANS_ARE_KEPT = Duration.ofDays(30);
    private static final String BY_AN_OPERATOR = "paused by an operator";

    private final Store store;
    private final Map<String, Journal> journals;
    private final Shared shared;
    private final AttemptLog attempts;
    private final DeadLetters deadLetters;
    private final Map<String, Subscription> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public Subscriptions(Store store, Map<String, Journal> journals, Clock clock) {
        this(store, journals, AttemptSettings.DEFAULT, clock);
    }

    /** @param attempts how long delivery attempts are kept on record */
    public Subscriptions(Store store, Map<String, Journal> journals, AttemptSettings attempts, Clock clock) {
        this.store = store;
        this.journals = Map.copyOf(journals);
        this.shared = new Shared(store, threads(), timer(), clock);
        this.attempts = new AttemptLog(new AttemptFile(store.directory()), attempts, shared);
        this.deadLetters = new DeadLetters(store, this.journals, this);
        purgeOrphans();
        purgeAttempts();
    }

    /**
     * Starts (or resumes) a subscription by its name; one that was paused stays so.
     *
     * @throws SubscriptionException where the name already runs, or its database isn't known or is another one
     */
    @Override
    public Handle open(SubscriptionSettings settings, ChangeHandler handler) {
        String name = settings.name();
        Journal journal = journals.get(settings.database());
        if (journal == null) {
            throw new SubscriptionException("Subscription '" + name + "' reads the database '" + settings.database()
                    + "', which is none of " + new TreeMap<>(journals).keySet());
        }
        Subscription subscription = new Subscription(settings, attempts.recorded(name, handler), journal, shared);
        if (closed || open.putIfAbsent(name, subscription) != null) {
            throw new SubscriptionException(
                    closed ? "The platform is stopping" : "Subscription '" + name + "' is already in use");
        }
        try {
            subscription.open();
        } catch (RuntimeException e) {
            open.remove(name, subscription);
            throw e;
        }
        return () -> {
            try {
                subscription.close();
            } finally {
                open.remove(name, subscription);
            }
        };
    }

    /** All there are, by name. */
    public List<SubscriptionStatus> list() {
        List<SubscriptionStatus> list = new ArrayList<>();
        for (SubscriptionTable.Row row : store.read(SubscriptionTable::all)) {
            Subscription subscription = open.get(row.name());
            list.add(subscription == null ? status(row) : subscription.status());
        }
        return list;
    }

    public Optional<SubscriptionStatus> find(String name) {
        Subscription subscription = open.get(name);
        return subscription != null
                ? Optional.of(subscription.status())
                : store.read(connection -> SubscriptionTable.find(connection, name))
                        .map(this::status);
    }

    /** What each open subscription counted, by name. */
    public Map<String, SubscriptionCounters> counters() {
        Map<String, SubscriptionCounters> counters = new TreeMap<>();
        open.forEach((name, subscription) ->
                counters.put(name, subscription.counters().values()));
        return counters;
    }

    /**
     * Stops delivering until it is resumed, also after a restart.
     *
     * @throws SubscriptionException.Unknown where there is none of that name; so do the following
     */
    public void pause(String name) {
        Subscription subscription = open.get(name);
        if (subscription != null) {
            subscription.pause(BY_AN_OPERATOR);
        } else {
            row(name);
            write(connection ->
                    SubscriptionTable.setState(connection, name, Subscription.word(State.PAUSED), BY_AN_OPERATOR));
        }
        LOG.info("{}: paused", name);
    }

    /**
     * Goes on where it was; what is parked is tried at once.
     *
     * @throws SubscriptionException where the journal no longer holds what comes next
     */
    public void resume(String name) {
        Subscription subscription = open.get(name);
        if (subscription != null) {
            subscription.resume();
        } else {
            row(name);
            write(connection -> SubscriptionTable.setState(connection, name, Subscription.word(State.RUNNING), null));
        }
        LOG.info("{}: resumed", name);
    }

    /**
     * Sets it back (or on) to a position: what comes after it is delivered again, with the same ids.
     *
     * <p>Parked changes after the position are dropped, since they come again; those before it are still tried, and dead
     * letters are kept. A paused subscription stays paused. What is delivered again is a new generation: it is applied
     * again, once, crashes or not (invariant 9).
     *
     * @throws SubscriptionException where the journal doesn't hold the position, naming what it holds
     */
    public void replayFrom(String name, long position) {
        Subscription subscription = open.get(name);
        if (subscription != null) {
            subscription.replay(position);
        } else {
            Subscription.refuseBeyond(journal(row(name).database()), position);
            write(connection -> Subscription.rewind(connection, name, position));
        }
        LOG.info("{}: replays what comes after position {}", name, position);
    }

    /** Sets it back (or on) to the first change that was collected at or after {@code time}. */
    public void replayFrom(String name, Instant time) {
        Journal journal = journal(row(name).database());
        replayFrom(name, journal.positionBefore(time).orElse(journal.last()));
    }

    /**
     * Forgets a subscription that no route uses: position, parked changes, dead letters.
     *
     * @throws SubscriptionException where it is open
     */
    public void delete(String name) {
        if (open.containsKey(name)) {
            throw new SubscriptionException("Subscription '" + name + "' is in use: remove what uses it first");
        }
        row(name);
        write(connection -> SubscriptionTable.delete(connection, name));
        attempts.forget(name);
        LOG.info("{}: deleted", name);
    }

    /** Notes that no route uses it any more: kept 30 days, then deleted. Nothing happens to one that is open. */
    public void orphan(String name) {
        if (!open.containsKey(name)
                && store.read(connection -> SubscriptionTable.find(connection, name))
                        .filter(row -> row.orphaned() == null)
                        .isPresent()) {
            Instant now = shared.clock().instant();
            write(connection -> SubscriptionTable.setOrphaned(connection, name, now));
            LOG.info(
                    "{}: no route uses this subscription any more; it is kept until {}",
                    name,
                    now.plus(ORPHANS_ARE_KEPT));
        }
    }

    /** Orphans all that no route has opened: once at start, when every route file was tried. */
    public void orphanUnopened() {
        for (SubscriptionTable.Row row : store.read(SubscriptionTable::all)) {
            orphan(row.name());
        }
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Where changes went, by which subscription. */
    public Ways ways() {
        return new Ways(store, open, attempts);
    }

    /** The journals they read, by database. */
    public Map<String, Journal> journals() {
        return journals;
    }

    /** Attempts that got through and are not on record, because writing could not keep up. */
    public long droppedAttempts() {
        return attempts.dropped();
    }

    /** Closes what is open, all at the same time. */
    @Override
    public void close() {
        closed = true;
        List<Thread> closing = new ArrayList<>();
        for (Subscription subscription : open.values()) {
            Thread thread = new Thread(subscription::close, "subscription-close");
            thread.start();
            closing.add(thread);
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        open.clear();
        attempts.close();
        shared.timer().shutdownNow();
        // A handler that hangs doesn't keep the process: its threads are daemons.
        shared.threads().shutdown();
    }

    /** Ends as a crash would: for tests of what is found afterwards. */
    void kill() {
        closed = true;
        open.values().forEach(Subscription::kill);
        open.clear();
        shared.timer().shutdownNow();
        shared.threads().shutdown();
    }

    void takeBack(DeadLetterTable.Row letter, Change change) {
        // On disk before it is used: after a crash no other replay may be given the same.
        int generation =
                store.writeNow(connection -> SubscriptionTable.newGeneration(connection, letter.subscription()));
        Subscription subscription = open.get(letter.subscription());
        if (subscription != null) {
            subscription.takeBack(letter, change, generation);
        } else {
            write(DeadLetters.returned(letter, change, generation));
        }
    }

    private SubscriptionStatus status(SubscriptionTable.Row row) {
        Optional<Journal> journal = Optional.ofNullable(journals.get(row.database()));
        State state = row.orphaned() != null
                ? State.ORPHANED
                : row.state().equals(Subscription.word(State.PAUSED)) ? State.PAUSED : State.STOPPED;
        Instant now = shared.clock().instant();
        return new SubscriptionStatus(
                row.name(),
                row.database(),
                state,
                row.position(),
                journal.map(known -> known.countAfter(row.position())).orElse(0L),
                journal.map(known -> Subscription.lagSeconds(known, row.position(), null, now))
                        .orElse(0.0),
                store.read(connection -> ParkedTable.count(connection, row.name())),
                store.read(connection -> DeadLetterTable.count(connection, row.name())),
                row.reason() != null ? row.reason() : state == State.STOPPED ? "No route has opened it" : null,
                row.orphaned());
    }

    private SubscriptionTable.Row row(String name) {
        return store.read(connection -> SubscriptionTable.find(connection, name))
                .orElseThrow(() -> new SubscriptionException.Unknown(name));
    }

    private Journal journal(String database) {
        Journal journal = journals.get(database);
        if (journal == null) {
            throw new SubscriptionException("The database '" + database + "' is no longer configured");
        }
        return journal;
    }

    private void write(Ledger.Entry entry) {
        store.writeNow(connection -> {
            entry.write(connection);
            return true;
        });
    }

    private void purgeOrphans() {
        Instant oldest = shared.clock().instant().minus(ORPHANS_ARE_KEPT);
        for (SubscriptionTable.Row row : store.read(SubscriptionTable::all)) {
            Instant since = row.orphaned();
            if (since != null && since.isBefore(oldest) && !open.containsKey(row.name())) {
                write(connection -> SubscriptionTable.delete(connection, row.name()));
                LOG.info("{}: deleted; no route had used it since {}", row.name(), since);
            }
        }
        shared.after(Duration.ofDays(1), this::purgeApart);
    }

    private void purgeAttempts() {
        shared.after(
                Duration.ofHours(1),
                () -> shared.apart(() -> {
                    attempts.purgeNow();
                    purgeAttempts();
                }));
    }

    private void purgeApart() {
        shared.apart(this::purgeOrphans);
    }

    private static ExecutorService threads() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named("lane-"));
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("subscription-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
