package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.RowType;
import io.bactrian.journal.Journal;
import io.bactrian.store.DeadLetterTable;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes that were given up on, kept whole until someone retries or discards them. Thread-safe. */
public final class DeadLetters {
    /** One dead letter. */
    public record DeadLetter(
            long id,
            String subscription,
            Change change,
            int attempts,
            String error,
            Instant firstFailed,
            Instant died) {}

    private final Store store;
    private final Map<String, Journal> journals;
    private final Subscriptions subscriptions;

    DeadLetters(Store store, Map<String, Journal> journals, Subscriptions subscriptions) {
        this.store = store;
        this.journals = journals;
        this.subscriptions = subscriptions;
    }

    /** Newest first, at most {@code limit} with an id below {@code beforeId}. */
    public List<DeadLetter> list(@Nullable String subscription, long beforeId, int limit) {
        return store.read(connection -> DeadLetterTable.list(connection, subscription, beforeId, limit)).stream()
                .map(this::letter)
                .toList();
    }

    public Optional<DeadLetter> find(long id) {
        return store.read(connection -> DeadLetterTable.find(connection, id)).map(this::letter);
    }

    /**
     * Parks the change again for an immediate try, attempts counted anew, as a new generation of it; false where there is
     * no such dead letter.
     */
    public boolean retry(long id) {
        Optional<DeadLetterTable.Row> row = store.read(connection -> DeadLetterTable.find(connection, id));
        row.ifPresent(letter -> subscriptions.takeBack(letter, letter(letter).change()));
        return row.isPresent();
    }

    /** Forgets it; false where there is no such dead letter. */
    public boolean discard(long id) {
        return store.writeNow(connection -> DeadLetterTable.delete(connection, id));
    }

    /** The row of a change that is given up on. */
    static DeadLetterTable.Row letter(
            String subscription, Change change, int attempts, String error, Instant firstFailed, Instant died) {
        return new DeadLetterTable.Row(
                0,
                subscription,
                change.position(),
                change.table(),
                ChangeJson.stored(change),
                attempts,
                error,
                firstFailed,
                died);
    }

    /** Moves a dead letter back to the parked changes. */
    static Ledger.Entry returned(DeadLetterTable.Row letter, Change change, int generation) {
        ParkedTable.Row row = new ParkedTable.Row(
                letter.position(),
                letter.position(),
                change.table(),
                change.keyJson(),
                change.keyBeforeJson(),
                change.operation().word(),
                letter.change(),
                0,
                0,
                null,
                null,
                null,
                generation);
        return connection -> {
            // Discarded meanwhile, or written the second time.
            if (DeadLetterTable.delete(connection, letter.id())
                    && ParkedTable.find(connection, letter.subscription(), letter.position())
                            .isEmpty()) {
                ParkedTable.put(connection, letter.subscription(), row);
            }
        };
    }

    private DeadLetter letter(DeadLetterTable.Row row) {
        Change plain = ChangeJson.restored(row.change(), RowType.UNKNOWN);
        Journal journal = journals.get(plain.database());
        return new DeadLetter(
                row.id(),
                row.subscription(),
                journal == null ? plain : ChangeJson.restored(row.change(), journal.rowType(row.table())),
                row.attempts(),
                row.error(),
                row.firstFailed(),
                row.died());
    }
}
