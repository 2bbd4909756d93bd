package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.store.DeadLetterTable;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.Store;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.Attempt.Outcome;
import io.bactrian.subscription.Way.Reason;
import io.bactrian.subscription.Way.State;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells where a change went: why it was dropped is computed again from the change and the subscription's settings; the
 * rest is what the store holds and what attempts are on record. Thread-safe; reads, and changes nothing.
 */
public final class Ways {
    /** What is known of one subscription and one change. */
    private record Known(
            SubscriptionTable.Row row, @Nullable Subscription open, Change change, List<Attempt> attempts) {
        Way way(State state, String text) {
            return way(state, null, text, 0, null, null);
        }

        Way way(
                State state,
                @Nullable Reason reason,
                String text,
                long ahead,
                @Nullable Instant until,
                @Nullable Long deadLetter) {
            return new Way(row.name(), state, reason, text, ahead, until, lastError(), deadLetter, attempts);
        }

        @Nullable
        Attempt last() {
            return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
        }

        @Nullable
        String lastError() {
            Attempt last = last();
            return last == null ? null : last.error();
        }
    }

    private final Store store;
    private final Map<String, Subscription> open;
    private final AttemptLog log;

    Ways(Store store, Map<String, Subscription> open, AttemptLog log) {
        this.store = store;
        this.open = open;
        this.log = log;
    }

    /** One for each subscription of the change's database, by name. */
    public List<Way> of(Change change) {
        return store.read(SubscriptionTable::all).stream()
                .filter(row -> row.database().equals(change.database()))
                .map(row -> way(row, change))
                .toList();
    }

    private Way way(SubscriptionTable.Row row, Change change) {
        Subscription subscription = open.get(row.name());
        long position = change.position();
        Optional<AttemptRecorder.Flying> flying = log.flying(row.name(), position);
        Known known = new Known(row, subscription, change, log.find(row.name(), position));
        if (subscription != null) {
            Reason reason = new ChangeSelection(subscription.settings()).dropped(change);
            if (reason != null) {
                return known.way(
                        State.DROPPED, reason, dropped(reason, change, subscription.settings()), 0, null, null);
            }
        }
        if (flying.isPresent()) {
            return known.way(
                    State.IN_FLIGHT,
                    ordinal(flying.get().number()) + " attempt under way since "
                            + flying.get().started());
        }
        Optional<ParkedTable.Row> parked = store.read(connection -> ParkedTable.find(connection, row.name(), position));
        if (parked.isPresent()) {
            return parked(known, parked.get());
        }
        Optional<DeadLetterTable.Row> letter =
                store.read(connection -> DeadLetterTable.at(connection, row.name(), position));
        if (letter.isPresent() && !isDeliveredSince(known, letter.get())) {
            return dead(known, letter.get());
        }
        SubscriptionStatus status = subscription == null ? null : subscription.status();
        long reached = status == null ? row.position() : status.position();
        return position <= reached ? past(known) : ahead(known, status, reached);
    }

    /** A replay may have got it through where it had died before. */
    private static boolean isDeliveredSince(Known known, DeadLetterTable.Row letter) {
        Attempt last = known.last();
        return last != null
                && last.outcome() == Outcome.DELIVERED
                && last.started().isAfter(letter.died());
    }

    private Way parked(Known known, ParkedTable.Row parked) {
        String name = known.row().name();
        if (parked.attempts() == 0) {
            long leader = store.read(connection -> ParkedTable.leader(connection, name, parked));
            String behind = leader == parked.position()
                    ? "it is tried next as soon as its subscription can"
                    : "it waits behind position " + leader + ", which failed, so that the order is kept";
            return known.way(State.PARKED, null, behind, 0, null, null);
        }
        String text = "failed " + times(parked.attempts()) + "; tried again at " + parked.nextTry()
                + "; the last error: " + parked.error();
        return new Way(name, State.PARKED, null, text, 0, parked.nextTry(), parked.error(), null, known.attempts());
    }

    private static Way dead(Known known, DeadLetterTable.Row letter) {
        String text =
                "given up on after " + attempts(letter.attempts()) + " at " + letter.died() + ": " + letter.error();
        return new Way(
                known.row().name(), State.DEAD, null, text, 0, null, letter.error(), letter.id(), known.attempts());
    }

    /** The subscription is past it. */
    private Way past(Known known) {
        Attempt last = known.last();
        if (last != null && last.outcome() == Outcome.DELIVERED) {
            return delivered(known, last);
        }
        String name = known.row().name();
        long position = known.change().position();
        if (store.read(connection -> SubscriptionTable.isSkipped(connection, name, position))) {
            return known.way(
                    State.SKIPPED,
                    "an operator set the subscription on to a later position; replay it from position " + (position - 1)
                            + " to tell it");
        }
        if (last == null) {
            Long began = known.row().beginsAfter();
            if (began != null && position <= began) {
                return known.way(
                        State.DROPPED,
                        Reason.BEFORE_START,
                        "the subscription began after position " + began + "; replay it to tell what was before",
                        0,
                        null,
                        null);
            }
            return known.way(State.PASSED, "done: the subscription is past it, and no attempt is on record any more");
        }
        return known.way(
                State.DISCARDED,
                "given up on after " + attempts(last.number()) + ", and the dead letter was discarded; the last error: "
                        + last.error());
    }

    private static Way delivered(Known known, Attempt last) {
        return known.way(State.DELIVERED, "delivered at the " + ordinal(last.number()) + " attempt, " + last.started());
    }

    /** The subscription's position is before it: what others of its keys wait for may still be under way. */
    private static Way ahead(Known known, @Nullable SubscriptionStatus status, long reached) {
        boolean running = status != null && status.state() == SubscriptionStatus.State.RUNNING;
        Attempt last = known.last();
        // What was tried before a replay counts no more.
        if (last != null && last.generation() >= known.row().generation()) {
            if (last.outcome() == Outcome.DELIVERED) {
                return delivered(known, last);
            }
            if (running) {
                return known.way(
                        State.IN_FLIGHT,
                        "the " + ordinal(last.number()) + " attempt failed and is repeated at once: " + last.error());
            }
        }
        Subscription open = known.open();
        long before = open == null
                ? 0
                : open.journal().countAfter(reached)
                        - open.journal().countAfter(known.change().position())
                        - 1;
        String text;
        if (status == null) {
            text = "no route uses the subscription now; it stands at position " + reached;
        } else if (running) {
            text = before <= 0 ? "it is next" : before + " changes of the journal are before it";
        } else {
            text = "the subscription is " + Subscription.word(status.state())
                    + (status.lastError() == null ? "" : ": " + status.lastError());
        }
        return known.way(State.WAITING, null, text, Math.max(0, before), null, null);
    }

    private static String dropped(Reason reason, Change change, SubscriptionSettings settings) {
        return switch (reason) {
            case TABLE -> "it hears of " + sorted(settings.tables()) + " only";
            case OPERATION ->
                change.operation().word() + " is not told: its operations are "
                        + sorted(settings.operations().stream()
                                .map(operation -> operation.word())
                                .toList());
            case ECHO ->
                "echo: " + String.join(", ", change.origin()) + " wrote it, and this subscription listens for "
                        + (change.origin().contains(settings.name()) || settings.origin() == null
                                ? settings.name()
                                : settings.origin());
            case COLUMN -> "none of the columns it watches changed: " + sorted(settings.columns());
            case BEFORE_START -> "it began later";
        };
    }

    private static String sorted(Collection<String> words) {
        return String.join(", ", words.stream().sorted().toList());
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    private static String attempts(int count) {
        return count == 1 ? "one attempt" : count + " attempts";
    }

    private static String ordinal(int number) {
        boolean teen = number / 10 % 10 == 1;
        return number
                + switch (teen ? 0 : number % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
    }
}
