package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.store.ParkedTable;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of changes that failed (invariant 7): parked, tried again by the schedule, and at last dead letters.
 *
 * <p>While nothing gets through at all, one parked change at a time is tried, as a probe, and no more than one a second;
 * as soon as something does, all of them are due. A batch is parked, tried and given up on as a whole, unless its failure is
 * divisible. Guarded by the run's lock.
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
    private final Burial burial;
    private final Returns returns = new Returns();

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
        this.burial = new Burial(run, settings, ledger, watch);
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
                returns.add(parked);
            } else {
                lot.add(parked);
            }
        }
        if (!rows.isEmpty()) {
            watch.parkedBefore(rows.size());
        }
        emptying = size() >= settings.parkMax();
    }

    /** What an earlier run parked beyond the position where this one began. */
    Returns returns() {
        return returns;
    }

    /** Parked changes. */
    int size() {
        return lot.size() + returns.size();
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
        List<Change> changes = delivery.left();
        Parked parked = Parked.of(changes, settings.kept(), run.generation(), nextTry);
        parked.attempts = delivery.attempts;
        parked.firstFailed = delivery.firstFailed;
        parked.error = FailureWatch.text(cause);
        parked.named = named;
        watch.parked(nextTry);
        park(parked, changes);
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

    Burial burial() {
        return burial;
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
        attempt(parked, changes);
    }

    private void attempt(Parked parked, List<Change> changes) {
        Consumer<DeliveryOutcome> settle = outcome -> settle(parked, changes, outcome);
        run.attempts().make(changes, parked.attempts + 1, parked.generation, settle);
    }

    private void settle(Parked parked, List<Change> changes, DeliveryOutcome outcome) {
        trying--;
        Instant now = run.now();
        Bisection bisection = parked.bisection;
        if (outcome instanceof DeliveryOutcome.Delivered) {
            if (bisection == null) {
                done(parked.positions);
                lot.remove(parked, now, true);
            } else {
                bisection.delivered();
                goOn(parked, bisection);
            }
            run.succeeded(changes.size());
            return;
        }
        Throwable cause = FailureWatch.cause(outcome);
        if (Bisection.applies(settings, outcome)) {
            divide(parked, changes, cause);
            return;
        }
        if (bisection != null) {
            shrink(parked, bisection);
        }
        run.counters().failed.increment();
        watch.failed(cause, now);
        parked.error = FailureWatch.text(cause);
        parked.attempts++;
        boolean firstTry = parked.firstFailed == null;
        if (firstTry) {
            parked.firstFailed = now;
        }
        Instant pulledInFrom = parked.pulledInFrom;
        if (!firstTry && pulledInFrom == null && !Bisection.isAwaited(settings, outcome)) {
            parked.retries++;
            parked.pulledIn = false;
        }
        parked.pulledInFrom = null;
        if (outcome instanceof DeliveryOutcome.GivenUp
                || (!(outcome instanceof DeliveryOutcome.Disabled) && schedule.exhausted(parked.retries))) {
            List<Change> left = bisection == null ? changes : bisection.left();
            done(parked.positions);
            burial.bury(left, parked.attempts, parked.firstFailed, cause);
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

    /** A parked batch, or a part of it, was refused. */
    private void divide(Parked parked, List<Change> changes, Throwable cause) {
        Bisection bisection = parked.bisection;
        if (bisection == null) {
            parked.attempts++;
            if (parked.firstFailed == null) {
                parked.firstFailed = run.now();
            }
            run.counters().failed.increment();
            watch.failed(cause, run.now());
            bisection = new Bisection(changes, cause);
            parked.bisection = bisection;
        } else if (bisection.refused(cause)) {
            run.counters().failed.increment();
            watch.failed(cause, run.now());
        }
        goOn(parked, bisection);
    }

    private void goOn(Parked parked, Bisection bisection) {
        if (!bisection.ends(settings)) {
            trying++;
            List<Change> part = bisection.part();
            run.ready(() -> attempt(parked, part));
            return;
        }
        Instant now = run.now();
        shrink(parked, bisection);
        if (parked.positions.isEmpty()) {
            lot.remove(parked, now, true);
            eased(false);
        } else {
            lot.again(parked, now);
        }
    }

    /** Leaves of a batch that was divided what is neither delivered nor refused alone. */
    private void shrink(Parked parked, Bisection bisection) {
        List<Change> left = bisection.left();
        Set<Long> kept = left.stream().map(Change::position).collect(Collectors.toSet());
        List<Long> dealtWith =
                parked.positions.stream().filter(each -> !kept.contains(each)).toList();
        parked.bisection = null;
        if (parked.changes != null) {
            parked.changes = left;
        }
        done(dealtWith);
        lot.shrink(parked, dealtWith);
        burial.bury(bisection.refused(), parked.attempts, parked.firstFailed);
    }

    private void done(List<Long> positions) {
        List<Long> gone = List.copyOf(positions);
        ledger.note(connection -> {
            for (long position : gone) {
                ParkedTable.delete(connection, settings.name(), position);
            }
        });
    }
}
