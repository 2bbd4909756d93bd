package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.subscription.DeliveryOutcome.Blame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the changes for which a batch is refused: what was refused is halved and its parts are tried in order, until a
 * change that is refused alone. So the others are delivered in order (invariant 3). It is kept in memory only: after a
 * crash the whole batch comes again (invariant 4). Guarded by the run's lock.
 */
final class Bisection {
    /** A change that is refused by itself. */
    record Refused(Change change, Throwable cause) {}

    /** What is still to be tried, in order; the first is being tried. */
    private final ArrayDeque<List<Change>> parts = new ArrayDeque<>();

    private final List<Refused> refused = new ArrayList<>();

    /** @param batch which was refused as a whole */
    Bisection(List<Change> batch, Throwable cause) {
        parts.push(batch);
        refused(cause);
    }

    /** What is tried now; where nothing is left, none. */
    List<Change> part() {
        List<Change> part = parts.peek();
        return part == null ? List.of() : part;
    }

    /** The part that is tried was delivered. */
    void delivered() {
        parts.pop();
    }

    /** The part that is tried was refused; says whether that was a change alone. */
    boolean refused(Throwable cause) {
        List<Change> part = parts.pop();
        if (part.size() == 1) {
            refused.add(new Refused(part.get(0), cause));
            return true;
        }
        int middle = part.size() / 2;
        parts.push(List.copyOf(part.subList(middle, part.size())));
        parts.push(List.copyOf(part.subList(0, middle)));
        return false;
    }

    /** Whether nothing more is tried now: nothing is left, or a dead letter pauses the subscription. */
    boolean ends(SubscriptionSettings settings) {
        return parts.isEmpty() || settings.onDead() == SubscriptionSettings.OnDead.PAUSE && !refused.isEmpty();
    }

    /** Whether an outcome is a reason to divide a subscription's delivery. */
    static boolean applies(SubscriptionSettings settings, DeliveryOutcome outcome) {
        return isOf(settings, outcome, Blame.PART);
    }

    /** Whether a batch waits for its receiver, however often it was tried. */
    static boolean isAwaited(SubscriptionSettings settings, DeliveryOutcome outcome) {
        return isOf(settings, outcome, Blame.RECEIVER);
    }

    private static boolean isOf(SubscriptionSettings settings, DeliveryOutcome outcome, Blame blame) {
        return settings.batch() > 1 && outcome instanceof DeliveryOutcome.Failed failed && failed.blame() == blame;
    }

    /** What was neither delivered nor refused alone, in order. */
    List<Change> left() {
        List<Change> left = new ArrayList<>();
        parts.forEach(left::addAll);
        return left;
    }

    List<Refused> refused() {
        return refused;
    }
}
