package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.store.DeadLetterTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes dead letters of changes that are given up on (invariant 7). Guarded by the run's lock. */
final class Burial {
    private final Run run;
    private final SubscriptionSettings settings;
    private final Ledger ledger;
    private final FailureWatch watch;

    Burial(Run run, SubscriptionSettings settings, Ledger ledger, FailureWatch watch) {
        this.run = run;
        this.settings = settings;
        this.ledger = ledger;
        this.watch = watch;
    }

    /** Each for its own reason. */
    void bury(List<Bisection.Refused> refused, int attempts, @Nullable Instant firstFailed) {
        for (Bisection.Refused each : refused) {
            bury(List.of(each.change()), attempts, firstFailed, each.cause());
        }
    }

    void bury(List<Change> changes, int attempts, @Nullable Instant firstFailed, Throwable cause) {
        Instant now = run.now();
        String error = FailureWatch.text(cause);
        List<DeadLetterTable.Row> letters = new ArrayList<>();
        for (Change change : changes) {
            letters.add(DeadLetters.letter(
                    settings.name(), change, attempts, error, firstFailed == null ? now : firstFailed, now));
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
}
