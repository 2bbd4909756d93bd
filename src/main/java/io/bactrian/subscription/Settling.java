package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.time.Instant;
import java.util.List;

/** What the outcome of an attempt means for a delivery that leads its lanes. Guarded by the run's lock. */
final class Settling {
    private final Run run;
    private final SubscriptionSettings settings;
    private final Retries retries;
    private final FailureWatch watch;

    Settling(Run run, SubscriptionSettings settings, Retries retries, FailureWatch watch) {
        this.run = run;
        this.settings = settings;
        this.retries = retries;
        this.watch = watch;
    }

    void settle(Delivery delivery, DeliveryOutcome outcome) {
        Bisection bisection = delivery.bisection;
        if (outcome instanceof DeliveryOutcome.Delivered) {
            int count = delivery.due().size();
            if (bisection == null) {
                run.leave(delivery);
            } else {
                bisection.delivered();
                goOn(delivery, bisection);
            }
            run.succeeded(count);
            return;
        }
        Throwable cause = FailureWatch.cause(outcome);
        if (bisection != null && Bisection.applies(settings, outcome)) {
            if (bisection.refused(cause)) {
                run.counters().failed.increment();
                watch.failed(cause, run.now());
            }
            goOn(delivery, bisection);
            return;
        }
        failed(delivery, outcome, cause);
    }

    private void failed(Delivery delivery, DeliveryOutcome outcome, Throwable cause) {
        Instant now = run.now();
        delivery.attempts++;
        if (delivery.firstFailed == null) {
            delivery.firstFailed = now;
        }
        run.counters().failed.increment();
        watch.failed(cause, now);
        RetrySchedule schedule = retries.schedule();
        boolean failed = outcome instanceof DeliveryOutcome.Failed;
        if (failed && schedule.quick(delivery.attempts) && !watch.altogether()) {
            run.later(schedule.gap(delivery.attempts), () -> run.again(delivery));
            return;
        }
        if (Bisection.applies(settings, outcome)) {
            Bisection begun = new Bisection(delivery.changes(), cause);
            delivery.bisection = begun;
            goOn(delivery, begun);
            return;
        }
        List<Bisection.Refused> refused = delivery.bisection == null ? List.of() : delivery.bisection.refused();
        if (outcome instanceof DeliveryOutcome.GivenUp
                || (failed && schedule.exhausted(0) && !Bisection.isAwaited(settings, outcome))) {
            retries.burial().bury(delivery.left(), delivery.attempts, delivery.firstFailed, cause);
        } else if (outcome instanceof DeliveryOutcome.RetryAt at) {
            retries.parkFailed(delivery, at.time(), cause, true);
        } else {
            retries.parkFailed(delivery, now.plus(schedule.delay(0)), cause, false);
        }
        if (outcome instanceof DeliveryOutcome.Disabled) {
            run.halt(State.PAUSED, "The receiver wants nothing more: " + FailureWatch.text(cause));
        }
        run.leave(delivery);
        retries.burial().bury(refused, delivery.attempts, delivery.firstFailed);
    }

    /** The next part of a batch that is divided; or it is done, all but what was refused. */
    private void goOn(Delivery delivery, Bisection bisection) {
        if (!bisection.ends(settings)) {
            run.again(delivery);
            return;
        }
        List<Change> left = bisection.left();
        if (!left.isEmpty()) {
            retries.parkBehind(left);
        }
        // Before a dead letter pauses it: what is written down then must have the position past it.
        run.leave(delivery);
        retries.burial().bury(bisection.refused(), delivery.attempts, delivery.firstFailed);
    }
}
