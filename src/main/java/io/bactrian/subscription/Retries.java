package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.store.DeadLetterTable;
import io.bactrian.store.ParkedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of changes that failed (invariant 7): parked, tried again by the schedule, and at last dead letters.
 *
 * <p>While nothing gets through at all, one parked change at a time is tried, as a probe, and no more than one a second;
 * as soon as something does, all of them are due. A batch is parked, tried and given up on as a whole; to bisect one is
 * to park its halves as two batches. Guarded by the run's lock.
 */
final class Retries {
    /** While nothing gets through, so many failed changes are evidence enough: the rest stays in the journal. */
    private static final int ENOUGH = 1_000;

    private static final int PROBES_PER_INTAKE = 10;
    private static final Duration LONGEST_SLEEP = Duration.ofDays(1);

    private final Run run;
    private final SubscriptionSettings settings;
    private final RetrySchedule schedule;
    private final ParkingLot lot = new ParkingLot();
    private final Ledger ledger;
    private final FailureWatch watch;
    /** Parked by an earlier run beyond the position where this one began, by position. */
    private final TreeMap<Long, Parked> ahead = new TreeMap<>();

    private int trying;
    private Instant nextProbe = Instant.MIN;
    private Instant nextIntake = Instant.MIN;
    private @Nullable Instant armedFor;
    /** It was full when the run began: nothing more is taken in before it has emptied by half. */
    private boolean emptying;

    Retries(Run run, SubscriptionSettings settings, Ledger ledger, FailureWatch watch) {
        this.run = run;
        this.settings = settings;
        this.schedule = new RetrySchedule(settings.retry());
        this.ledger = ledger;
        this.watch = watch;
    }

    ParkingLot lot() {
        return lot;
    }

    RetrySchedule schedule() {
        return schedule;
    }

    /**
     * Takes over what was parked before the run began.
     *
     * <p>What is parked beyond the position where the run begins has changes of its key before it that come again: it
     * takes its place when the journal reaches it, or the key's order would break (invariant 3).
     *
     * @param position where the run begins
     * @param atOnce whether all of them are tried now, whatever the schedule says
     */
    void load(List<ParkedTable.Row> rows, long position, boolean atOnce) {
        Instant now = run.now();
        Map<Long, Parked> deliveries = new LinkedHashMap<>();
        for (ParkedTable.Row row : rows) {
            Parked batch = deliveries.get(row.batch());
            if (batch != null) {
                batch.positions.add(row.position());
                continue;
            }
            Parked parked = Parked.of(row, settings.kept(), now);
            if (atOnce) {
                parked.nextTry = now;
            }
            deliveries.put(row.batch(), parked);
        }
        for (Parked parked : deliveries.values()) {
            if (parked.position > position) {
                parked.positions.forEach(each -> ahead.put(each, parked));
            } else {
                lot.add(parked);
            }
        }
        if (!rows.isEmpty()) {
            watch.parkedBefore(rows.size());
        }
        emptying = size() >= settings.parkMax();
    }

    /** Whether a change was parked by an earlier run that began before it. */
    boolean isAhead(long position) {
        return ahead.containsKey(position);
    }

    /** The delivery that an earlier run parked, at its first change; null at the others of a batch. */
    @Nullable
    Parked reached(long position) {
        Parked parked = ahead.remove(position);
        return parked != null && parked.position == position ? parked : null;
    }

    /** The journal was read up to here: what was parked and is no longer selected has no place to wait for. */
    void passed(long position) {
        while (!ahead.isEmpty() && ahead.firstKey() <= position) {
            Parked parked = reached(ahead.firstKey());
            if (parked != null) {
                lot.add(parked);
            }
        }
    }

    /** Parked changes. */
    int size() {
        return lot.size() + ahead.size();
    }

    /**
     * Whether a delivery is not to be tried for now; asked once for each. In an outage one is let through every now and
     * then: perhaps it is the changes that are bad, and good ones follow.
     */
    boolean holdsIntake() {
        if (emptying || !isOutage()) {
            return emptying;
        }
        Instant now = run.now();
        if (now.isBefore(nextIntake)) {
            return true;
        }
        nextIntake = now.plus(schedule.probeGap().multipliedBy(PROBES_PER_INTAKE));
        return false;
    }

    private boolean isOutage() {
        return lot.failed() >= ENOUGH && watch.altogether();
    }

    /** Parks a delivery behind others of its key. */
    void parkBehind(List<Change> changes) {
        park(Parked.of(changes, settings.kept(), run.generation(), run.now()), changes);
    }

    /** Parks a delivery that failed. */
    void parkFailed(Delivery delivery, Instant nextTry, Throwable cause, boolean named) {
        Parked parked = Parked.of(delivery.changes(), settings.kept(), run.generation(), nextTry);
        parked.attempts = delivery.attempts;
        parked.firstFailed = delivery.firstFailed;
        parked.error = FailureWatch.text(cause);
        parked.named = named;
        watch.parked(nextTry);
        park(parked, delivery.changes());
    }

    private void park(Parked parked, List<Change> changes) {
        lot.add(parked);
        run.counters().parked.add(changes.size());
        List<ParkedTable.Row> rows = parked.rows(changes);
        ledger.note(
                connection -> {
                    for (ParkedTable.Row row : rows) {
                        ParkedTable.put(connection, settings.name(), row);
                    }
                },
                () -> parked.changes = null);
        if (size() >= settings.parkMax() && !emptying) {
            run.halt(
                    SubscriptionStatus.State.PAUSED,
                    size() + " changes are parked (parkMax is " + settings.parkMax() + "); the last error: "
                            + watch.lastError() + "; resume it when that is mended");
        }
    }

    /** Takes in a dead letter that is to be tried again; its row is noted. */
    void takeBack(Parked parked) {
        lot.add(parked);
    }

    /** Gives up on a delivery in its lane. */
    void giveUp(Delivery delivery, Throwable cause) {
        Instant first = delivery.firstFailed;
        bury(delivery.changes(), delivery.attempts, first == null ? run.now() : first, cause);
    }

    /** Starts what is due, as far as it may start, and sees to it that this is called again in time. */
    void pump() {
        if (lot.isEmpty() || run.halted()) {
            return;
        }
        Instant now = run.now();
        boolean probing = watch.altogether();
        if (nextProbe.isAfter(now.plus(schedule.probeGap()))) {
            // The clock went back.
            nextProbe = now;
            nextIntake = now;
        }
        int most = probing ? 1 : settings.lanes();
        while (trying < most && !(probing && now.isBefore(nextProbe))) {
            Parked parked = lot.take(now);
            if (parked == null) {
                break;
            }
            if (probing) {
                nextProbe = now.plus(schedule.probeGap());
            }
            trying++;
            run.ready(() -> attempt(parked));
        }
        Instant next = lot.next();
        if (next != null && trying < most) {
            arm(probing && next.isBefore(nextProbe) ? nextProbe : next, now);
        }
        if (isOutage() && now.isBefore(nextIntake)) {
            arm(nextIntake, now);
        }
    }

    private void arm(Instant time, Instant now) {
        if (armedFor != null && !time.isBefore(armedFor)) {
            return;
        }
        // A receiver may name a time centuries away: look in between.
        Instant look = time.isBefore(now.plus(LONGEST_SLEEP)) ? time : now.plus(LONGEST_SLEEP);
        Duration delay = look.isAfter(now) ? Duration.between(now, look) : Duration.ZERO;
        armedFor = time;
        run.later(delay, () -> {
            if (time.equals(armedFor)) {
                armedFor = null;
            }
        });
    }

    /** On a worker, without the lock. */
    private void attempt(Parked parked) {
        List<Change> changes;
        try {
            changes = run.parkedChanges(parked);
        } catch (RuntimeException e) {
            run.locked(() -> {
                trying--;
                watch.failed(e, run.now());
                lot.again(parked, run.now().plus(schedule.delay(0)));
            });
            return;
        }
        if (changes.isEmpty()) {
            // Someone removed the rows from the store.
            run.locked(() -> {
                trying--;
                lot.remove(parked, run.now(), false);
                eased(false);
            });
            return;
        }
        Consumer<DeliveryOutcome> settle = outcome -> settle(parked, changes, outcome);
        run.attempts().make(changes, parked.attempts + 1, parked.generation, settle);
    }

    private void settle(Parked parked, List<Change> changes, DeliveryOutcome outcome) {
        trying--;
        Instant now = run.now();
        if (outcome instanceof DeliveryOutcome.Delivered) {
            ledger.note(connection -> delete(connection, parked));
            lot.remove(parked, now, true);
            run.succeeded(changes.size());
            return;
        }
        Throwable cause = FailureWatch.cause(outcome);
        run.counters().failed.increment();
        watch.failed(cause, now);
        parked.error = FailureWatch.text(cause);
        parked.attempts++;
        boolean firstTry = parked.firstFailed == null;
        if (firstTry) {
            parked.firstFailed = now;
        }
        Instant pulledInFrom = parked.pulledInFrom;
        if (!firstTry && pulledInFrom == null) {
            parked.retries++;
            parked.pulledIn = false;
        }
        parked.pulledInFrom = null;
        if (outcome instanceof DeliveryOutcome.GivenUp
                || (!(outcome instanceof DeliveryOutcome.Disabled) && schedule.exhausted(parked.retries))) {
            Instant first = parked.firstFailed;
            ledger.note(connection -> delete(connection, parked));
            bury(changes, parked.attempts, first == null ? now : first, cause);
            lot.remove(parked, now, false);
            eased(false);
            return;
        }
        again(parked, outcome, pulledInFrom, now);
        if (outcome instanceof DeliveryOutcome.Disabled) {
            run.halt(SubscriptionStatus.State.PAUSED, "The receiver wants nothing more: " + parked.error);
        }
    }

    private void again(Parked parked, DeliveryOutcome outcome, @Nullable Instant pulledInFrom, Instant now) {
        Instant time;
        if (outcome instanceof DeliveryOutcome.RetryAt at) {
            time = at.time();
        } else if (pulledInFrom != null && pulledInFrom.isAfter(now)) {
            // The try that was pulled in didn't count: the schedule goes on as it was.
            time = pulledInFrom;
        } else {
            time = now.plus(schedule.delay(parked.retries));
        }
        parked.named = outcome instanceof DeliveryOutcome.RetryAt;
        lot.again(parked, time);
        watch.parked(time);
        List<ParkedTable.Row> rows = parked.states();
        ledger.note(connection -> {
            for (ParkedTable.Row row : rows) {
                ParkedTable.failedAgain(connection, settings.name(), row);
            }
        });
    }

    /** Something got through, or one parked delivery less waits. */
    void eased(boolean afterOutage) {
        if (afterOutage) {
            lot.pullIn(run.now());
        }
        if (emptying && size() <= settings.parkMax() / 2) {
            emptying = false;
        }
        if (size() == 0) {
            watch.nothingParked();
        }
    }

    private void bury(List<Change> changes, int attempts, Instant firstFailed, Throwable cause) {
        Instant now = run.now();
        String error = FailureWatch.text(cause);
        List<DeadLetterTable.Row> letters = new ArrayList<>();
        for (Change change : changes) {
            letters.add(DeadLetters.letter(settings.name(), change, attempts, error, firstFailed, now));
        }
        ledger.note(connection -> {
            for (DeadLetterTable.Row letter : letters) {
                DeadLetterTable.put(connection, letter);
            }
        });
        run.counters().dead.add(changes.size());
        watch.dead(now);
        if (settings.onDead() == SubscriptionSettings.OnDead.PAUSE) {
            run.halt(SubscriptionStatus.State.PAUSED, "A change became a dead letter (onDead is pause): " + error);
        }
    }

    private void delete(Connection connection, Parked parked) throws SQLException {
        for (long position : parked.positions) {
            ParkedTable.delete(connection, settings.name(), position);
        }
    }
}
