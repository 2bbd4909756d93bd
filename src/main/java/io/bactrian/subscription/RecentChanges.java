package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.journal.Gap;
import io.bactrian.journal.Journal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks back into the journals for what a subscription of these settings would have been told; moves no position and
 * opens no subscription. Thread-safe.
 */
public final class RecentChanges {
    private static final int PAGE = 500;
    /** Beyond so many it gives up: a subscription that hears of nothing must not have the whole journal read. */
    private static final int MOST = 20_000;

    private final Map<String, Journal> journals;

    public RecentChanges(Map<String, Journal> journals) {
        this.journals = Map.copyOf(journals);
    }

    /**
     * What was found.
     *
     * @param told the changes that it would have been told, in journal order
     * @param dropped the others since the first of these, in journal order
     * @param wholly whether there was nothing further back to look at
     */
    public record Found(List<Change> told, List<Dropped> dropped, boolean wholly) {}

    /** A change that it would not have been told, and why. */
    public record Dropped(Change change, Way.Reason reason) {}

    /**
     * The last changes that pass the subscription's selection.
     *
     * @param count how many of these, at most
     * @throws SubscriptionException where the database isn't known
     */
    public Found last(SubscriptionSettings settings, int count) {
        Journal journal = journals.get(settings.database());
        if (journal == null) {
            throw new SubscriptionException("There is no database '" + settings.database() + "': there is "
                    + String.join(", ", new TreeMap<>(journals).keySet()));
        }
        ChangeSelection selection = new ChangeSelection(settings);
        List<Change> told = new ArrayList<>();
        List<Dropped> dropped = new ArrayList<>();
        long to = journal.last();
        int looked = 0;
        while (told.size() < count && looked < MOST && to >= journal.first()) {
            long from = before(journal, to);
            List<Change> page = journal.read(from, PAGE);
            for (int i = page.size() - 1; i >= 0 && told.size() < count; i--) {
                Change change = page.get(i);
                if (change.position() > to) {
                    continue;
                }
                looked++;
                Way.Reason reason = selection.dropped(change);
                if (reason == null) {
                    told.add(change);
                } else {
                    dropped.add(new Dropped(change, reason));
                }
            }
            to = from;
        }
        Collections.reverse(told);
        Collections.reverse(dropped);
        return new Found(told, dropped, told.size() == count || to < journal.first());
    }

    /** Where a page begins that ends at a position; not amid the positions that a gap left out. */
    private static long before(Journal journal, long to) {
        long from = Math.max(journal.first() - 1, to - PAGE);
        for (Gap gap : journal.gaps()) {
            if (from >= gap.position() && from < gap.position() + gap.jump()) {
                return to > gap.position() + gap.jump() ? gap.position() + gap.jump() : gap.position();
            }
        }
        return from;
    }
}
