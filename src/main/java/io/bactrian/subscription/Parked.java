package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.store.ParkedTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that waits for its next try: a change, or a batch that failed as one. Guarded by the run's lock, but for
 * what is final.
 */
final class Parked {
    /** Of its first change. */
    final long position;

    final List<Long> positions = new ArrayList<>();
    /** What it waits behind and what waits behind it; null where that is everything, empty where nothing. */
    final @Nullable List<String> keys;

    /** Kept until the row is on disk; read from there afterwards. */
    @Nullable
    List<Change> changes;

    /** Set while a batch that was refused is divided. */
    @Nullable
    Bisection bisection;

    /** The claims of what it causes carry it (invariant 9). */
    final int generation;

    int attempts;
    int retries;

    @Nullable
    Instant firstFailed;

    Instant nextTry;

    @Nullable
    String error;

    /** Its place in the order of parking; the lot's. */
    long arrival;
    /** Among those that were tried in vain; the lot's. */
    boolean counted;

    boolean trying;
    /** It leads its keys and awaits its time. */
    boolean due;
    /** The receiver named the time: it is not pulled in. */
    boolean named;
    /** When the schedule would have tried, where a success elsewhere pulled the try in. */
    @Nullable
    Instant pulledInFrom;
    /** Pulled in once since the schedule's last own try: enough. */
    boolean pulledIn;
    /** The one before it got through a moment ago, so this one will hardly wait long. */
    boolean draining;

    Parked(long position, @Nullable List<String> keys, int generation, Instant nextTry) {
        this.position = position;
        this.generation = generation;
        this.keys = keys;
        this.nextTry = nextTry;
    }

    /** A delivery that leaves its lane unfinished. */
    static Parked of(List<Change> changes, SubscriptionSettings.Ordering ordering, int generation, Instant nextTry) {
        Parked parked = new Parked(changes.get(0).position(), keys(changes.get(0), ordering), generation, nextTry);
        for (Change change : changes) {
            parked.positions.add(change.position());
        }
        parked.changes = changes;
        return parked;
    }

    /** What was parked before a restart; its rows are added by their positions. */
    static Parked of(ParkedTable.Row row, SubscriptionSettings.Ordering ordering, Instant now) {
        List<String> keys = keys(ordering, Operation.ofWord(row.operation()), row.table(), row.key(), row.keyBefore());
        Parked parked = new Parked(row.position(), keys, row.generation(), row.nextTry() == null ? now : row.nextTry());
        parked.positions.add(row.position());
        parked.attempts = row.attempts();
        parked.retries = row.retries();
        parked.firstFailed = row.firstFailed();
        parked.error = row.error();
        return parked;
    }

    /** What a change waits behind and what waits behind it. */
    static @Nullable List<String> keys(Change change, SubscriptionSettings.Ordering ordering) {
        return keys(ordering, change.operation(), change.table(), change.keyJson(), change.keyBeforeJson());
    }

    private static @Nullable List<String> keys(
            SubscriptionSettings.Ordering ordering,
            Operation operation,
            String table,
            String key,
            @Nullable String keyBefore) {
        if (ordering == SubscriptionSettings.Ordering.NONE) {
            return List.of();
        }
        if (ordering == SubscriptionSettings.Ordering.JOURNAL || operation == Operation.TRUNCATE) {
            return null;
        }
        String now = table + ' ' + key;
        return keyBefore == null || keyBefore.equals(key) ? List.of(now) : List.of(now, table + ' ' + keyBefore);
    }

    /** Its rows as the table keeps them; the changes are at hand. */
    List<ParkedTable.Row> rows(List<Change> whole) {
        List<ParkedTable.Row> rows = new ArrayList<>(whole.size());
        for (Change change : whole) {
            rows.add(row(change.position(), change));
        }
        return rows;
    }

    /** Its rows as far as a try alters them. */
    List<ParkedTable.Row> states() {
        List<ParkedTable.Row> rows = new ArrayList<>(positions.size());
        for (long each : positions) {
            rows.add(row(each, null));
        }
        return rows;
    }

    private ParkedTable.Row row(long at, @Nullable Change change) {
        return new ParkedTable.Row(
                at,
                position,
                change == null ? "" : change.table(),
                change == null ? "" : change.keyJson(),
                change == null ? null : change.keyBeforeJson(),
                change == null ? "" : change.operation().word(),
                change == null ? "" : ChangeJson.stored(change),
                attempts,
                retries,
                attempts == 0 ? null : nextTry,
                firstFailed,
                error,
                generation);
    }
}
