package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.journal.Journal;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription at work, from one start to the next stop: it begins from what is on disk and ends there, so that a stop,
 * a crash and a replay are the same to what comes after.
 *
 * <p>All of its state is guarded by one lock, which is never held while a handler, the journal or the store is called
 * (the store's queue aside).
 */
final class Run implements Workers.Source {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final Duration TO_CATCH_UP = Duration.ofSeconds(1);
    private static final Duration TO_DRAIN = Duration.ofSeconds(4);
    private static final Duration TO_WRITE = Duration.ofSeconds(5);

    private final Object lock = new Object();
    private final Subscription subscription;
    private final int generation;
    private final SubscriptionSettings settings;
    private final Journal journal;
    private final Shared shared;
    private final LowWater lowWater;
    private final Lanes lanes;
    private final Ledger ledger;
    private final Ending ending;
    private final FailureWatch watch;
    private final Retries retries;
    private final Settling settling;
    private final Workers workers;
    private final Attempts attempts;
    private final Feed feed;
    /** They lead their lanes, and wait until a parked change is gone or the receiver is back. */
    private final List<Delivery> held = new ArrayList<>();
    /** A batch that may still grow. */
    private @Nullable Delivery open;

    private boolean halted;

    /** @param generation of what it reads from the journal */
    Run(Subscription subscription, long position, int generation) {
        this.subscription = subscription;
        this.generation = generation;
        this.settings = subscription.settings();
        this.journal = subscription.journal();
        this.shared = subscription.shared();
        this.lowWater = new LowWater(position);
        this.lanes = new Lanes(settings.kept(), settings.lanes());
        this.ledger = new Ledger(lock, shared, settings.name(), lowWater);
        this.ending = new Ending(lock, lowWater);
        this.watch = new FailureWatch(settings.name(), settings.retry().delay());
        this.retries = new Retries(this, settings, ledger, watch);
        this.settling = new Settling(this, settings, retries, watch);
        this.workers = new Workers(lock, shared, this);
        this.attempts = new Attempts(lock, subscription.handler(), this::proceed, this::broke);
        this.feed = new Feed(lock, journal, new ChangeSelection(settings), lowWater, this);
    }

    /** @param atOnce whether what is parked is tried now, whatever its schedule says */
    void start(List<ParkedTable.Row> parked, boolean atOnce) {
        synchronized (lock) {
            retries.load(parked, lowWater.position(), atOnce);
        }
        journal.addListener(feed);
        synchronized (lock) {
            proceed();
        }
    }

    /** Takes nothing on any more; what is in flight is settled as ever. With a reason it is written down. */
    void halt(State state, String reason) {
        synchronized (lock) {
            if (halted) {
                return;
            }
            rest();
            ledger.note(connection ->
                    SubscriptionTable.setState(connection, settings.name(), Subscription.word(state), reason));
            subscription.halted(state, reason);
            ledger.write();
        }
    }

    /** Ends it: what is in flight is given time to finish, and what is done is written down. */
    void close() {
        synchronized (lock) {
            if (!halted && held.isEmpty() && !watch.altogether()) {
                feed.close();
                ending.await(TO_CATCH_UP);
            }
            rest();
            if (!attempts.drain(TO_DRAIN)) {
                subscription.leftInFlight(attempts.inFlight());
            }
            attempts.abandon();
            ledger.finish(TO_WRITE);
            ledger.close();
        }
    }

    /** Ends it as a crash would: nothing more is written. */
    void kill() {
        synchronized (lock) {
            attempts.abandon();
            ledger.close();
            rest();
        }
    }

    private void rest() {
        if (!halted) {
            halted = true;
            attempts.close();
            workers.clear();
            feed.close();
        }
    }

    /** Under the lock: these passed the selection, and everything up to a position is dealt with. */
    void take(List<Change> changes, long upTo) {
        Queue<Delivery> leaders = new ArrayDeque<>();
        for (Change change : changes) {
            Delivery delivery = retries.returns().holds(change.position()) ? returning(change) : fresh(change);
            if (delivery != null && lanes.add(delivery)) {
                leaders.add(delivery);
            }
        }
        retries.returns().passed(upTo, retries.lot()::add);
        lowWater.read(upTo);
        lead(leaders);
        proceed();
    }

    /** A delivery for a change, null where an open batch took it. */
    private @Nullable Delivery fresh(Change change) {
        Delivery last = open;
        if (last != null && last.hasRoom(settings.batch())) {
            lowWater.grow(last, change);
            return null;
        }
        Delivery delivery = new Delivery(change, lanes.of(change), settings.batch() > 1);
        open = settings.batch() > 1 ? delivery : null;
        lowWater.add(delivery);
        return delivery;
    }

    /** Parked before a crash, when the position was not past it yet: it takes its place again behind what is. */
    private @Nullable Delivery returning(Change change) {
        Parked parked = retries.returns().reached(change.position());
        return parked == null ? null : new Delivery(parked, lanes.of(change));
    }

    /** Under the lock, after anything that may let something go on. */
    void proceed() {
        if (!halted && !held.isEmpty()) {
            Queue<Delivery> leaders = new ArrayDeque<>(held);
            held.clear();
            lead(leaders);
        }
        if (!ending.hasBegun()) {
            retries.pump();
        }
        ledger.proceed();
        workers.wake();
    }

    /** These lead their lanes now: each goes, waits, or parks behind its key (invariant 3). */
    private void lead(Queue<Delivery> leaders) {
        while (!halted && !leaders.isEmpty()) {
            lead(leaders.remove(), leaders);
        }
    }

    private void lead(Delivery delivery, Queue<Delivery> leaders) {
        if (delivery.returning != null) {
            retries.takeBack(delivery.returning);
            lanes.leave(delivery, leaders);
            return;
        }
        List<Parked> before = before(delivery);
        if (retries.holdsIntake() || holds(before)) {
            held.add(delivery);
            ending.stuck();
        } else if (before.isEmpty()) {
            if (ending.allows(delivery)) {
                delivery.started = true;
                again(delivery);
            }
        } else {
            retries.parkBehind(delivery.changes());
            leave(delivery, leaders);
        }
    }

    private List<Parked> before(Delivery delivery) {
        return retries.lot().isEmpty()
                ? List.of()
                : retries.lot().before(Parked.keys(delivery.changes().get(0), settings.kept()));
    }

    /** In journal order all that follows waits in the journal; a key whose parked changes are flowing again is waited for. */
    private boolean holds(List<Parked> before) {
        if (before.isEmpty()) {
            return false;
        }
        return settings.kept() == SubscriptionSettings.Ordering.JOURNAL
                || before.stream().allMatch(parked -> parked.draining);
    }

    /** Tries a delivery, or what is due of it; under the lock. */
    void again(Delivery delivery) {
        List<Change> due = delivery.due();
        int attempt = delivery.attempts + 1;
        ready(() -> attempts.make(due, attempt, generation, outcome -> settling.settle(delivery, outcome)));
    }

    /** A delivery got through; under the lock. */
    void succeeded(int changes) {
        counters().delivered.add(changes);
        retries.eased(watch.succeeded(now()));
    }

    /** It is dealt with; under the lock. */
    void leave(Delivery delivery) {
        Queue<Delivery> leaders = new ArrayDeque<>(2);
        leave(delivery, leaders);
        lead(leaders);
    }

    private void leave(Delivery delivery, Queue<Delivery> leaders) {
        lowWater.done(delivery);
        ending.moved();
        lanes.leave(delivery, leaders);
    }

    /** Parks a dead letter again, behind what its lane holds; {@code noted} is called when that is on disk. */
    boolean takeBack(Parked parked, Change change, Ledger.Entry entry, Runnable noted) {
        synchronized (lock) {
            if (halted) {
                return false;
            }
            ledger.note(entry, noted);
            if (!retries.lot().contains(parked.position)) {
                Delivery delivery = new Delivery(parked, lanes.of(change));
                if (lanes.add(delivery)) {
                    lead(new ArrayDeque<>(List.of(delivery)));
                }
            }
            proceed();
            return true;
        }
    }

    /** The changes of a parked delivery, from memory or from the store. */
    List<Change> parkedChanges(Parked parked) {
        List<Change> known;
        synchronized (lock) {
            known = parked.changes;
        }
        if (known != null) {
            return known;
        }
        return shared.store().read(connection -> {
            List<Change> changes = new ArrayList<>();
            for (long position : parked.positions) {
                Optional<ParkedTable.Row> row = ParkedTable.find(connection, settings.name(), position);
                row.ifPresent(
                        found -> changes.add(ChangeJson.restored(found.change(), journal.rowType(found.table()))));
            }
            return changes;
        });
    }

    @Override
    public @Nullable Runnable next() {
        return feed.waits() ? feed.next() : null;
    }

    @Override
    public boolean waits() {
        return feed.waits();
    }

    /** A fault of ours: it stops here rather than lose track of what is done. */
    @Override
    public void broke(Throwable cause) {
        LOG.error("{}: an internal error", settings.name(), cause);
        halt(State.STOPPED, "An internal error: " + cause + "; resume it to go on from the saved position");
    }

    void wake() {
        workers.wake();
    }

    /** Under the lock. */
    void ready(Runnable work) {
        if (!halted) {
            workers.add(work);
        }
    }

    /** Does something under the lock after a delay, and goes on with what that allows. */
    void later(Duration delay, Runnable work) {
        shared.after(delay, () -> locked(work));
    }

    /** Does something under the lock, and goes on with what that allows; nothing once it has halted. */
    void locked(Runnable work) {
        synchronized (lock) {
            if (!halted) {
                work.run();
                proceed();
            }
        }
    }

    /** What it has come to, for the status; under no lock. */
    Progress progress() {
        synchronized (lock) {
            Delivery first = lowWater.first();
            Instant oldest = first == null || first.changes().isEmpty()
                    ? null
                    : first.changes().get(0).collected();
            return new Progress(lowWater.position(), retries.size(), oldest, watch.lastError(), watch.lastErrorAt());
        }
    }

    boolean halted() {
        return halted;
    }

    int generation() {
        return generation;
    }

    Attempts attempts() {
        return attempts;
    }

    Counters counters() {
        return subscription.counters();
    }

    Shared shared() {
        return shared;
    }

    Instant now() {
        return shared.clock().instant();
    }

    String name() {
        return settings.name();
    }
}
