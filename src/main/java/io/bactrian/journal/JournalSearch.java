package io.bactrian.journal;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import io.bactrian.journal.SegmentReader.Condition;
import io.bactrian.journal.SegmentReader.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a journal for people: by table, operation, key, id, in both directions. There is no index but the
 * position (another would cost each append), so a look at a rare key goes through what lies between: it ends after the
 * time it is given, and says how far it came. Thread-safe.
 */
public final class JournalSearch {
    /** Positions looked through between two looks at the clock: some milliseconds. */
    private static final long STEP = 20_000;

    /** Rows may be large: beyond this a page is cut short. */
    private static final long MOST_CHARACTERS = 4 << 20;

    private final Journal journal;

    public JournalSearch(Journal journal) {
        this.journal = journal;
    }

    /**
     * What is looked for.
     *
     * @param tables empty for all
     * @param operations empty for all
     */
    public record Wanted(
            Set<String> tables,
            Set<Operation> operations,
            @Nullable RowName row) {
        public static final Wanted ALL = new Wanted(Set.of(), Set.of(), null);

        public Wanted {
            tables = Set.copyOf(tables);
            operations = Set.copyOf(operations);
        }
    }

    /**
     * The name of one row of the one table that is looked for. TRUNCATE of the table is part of its life, and a change of
     * the key of both rows'.
     *
     * @param subject the key as item URLs and {@code subject} spell it ({@link ChangeJson#subject(Change)})
     * @param keyJson the key as the journal holds it to the letter, where that is known: it is found about four times faster
     */
    public record RowName(String subject, @Nullable String keyJson) {
        boolean isOf(Change change) {
            if (change.operation() == Operation.TRUNCATE) {
                return true;
            }
            Row before = change.keyBefore();
            return ChangeJson.subject(change).equals(subject)
                    || before != null && ChangeJson.subject(before).equals(subject);
        }
    }

    /**
     * What was found.
     *
     * @param reached the search went through all positions up to here, in its direction: where to go on
     * @param complete whether there was nothing more to go through
     */
    public record Found(List<Change> changes, long reached, boolean complete) {}

    /** At most {@code limit} changes after a position, the oldest first. */
    public Found after(long position, Wanted wanted, int limit, Duration patience) {
        // Read first: all up to here lies in the segments that are looked at then.
        long end = journal.last();
        return journal.overSegments(held -> new Scan(held, wanted, false, limit, patience).from(position, end));
    }

    /** At most {@code limit} changes before a position, the youngest first. */
    public Found before(long position, Wanted wanted, int limit, Duration patience) {
        return journal.overSegments(held -> new Scan(held, wanted, true, limit, patience).from(position, 0));
    }

    /** The change at a position. */
    public Optional<Change> at(long position) {
        return journal.read(position - 1, 1).stream()
                .filter(change -> change.position() == position)
                .findFirst();
    }

    /**
     * The change of this id; empty where the journal doesn't hold it, or it wasn't found in this time.
     *
     * <p>Sequence numbers grow with positions, but for transactions that took long: it is looked for where it should be,
     * and then further and further away.
     */
    public Optional<Change> find(ChangeId id, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        OptionalLong position = journal.overSegments(held -> {
            long near = near(held, id);
            for (long away = 0; ; away += STEP) {
                OptionalLong found = position(held, near + away, near + away + STEP, id);
                if (found.isEmpty() && near - away > 0) {
                    found = position(held, near - away - STEP, near - away, id);
                }
                boolean all = near - away < journal.first() && near + away > journal.last();
                if (found.isPresent() || all || System.nanoTime() - deadline > 0) {
                    return found;
                }
            }
        });
        return position.isEmpty() ? Optional.empty() : at(position.getAsLong());
    }

    /** Bisects by epoch and sequence number, as far as they are in order. */
    private long near(List<Segment> held, ChangeId id) {
        long low = journal.first() - 1;
        long high = journal.last();
        while (low < high) {
            long middle = low + (high - low) / 2;
            List<Change> next = journal.read(middle, 1);
            if (next.isEmpty() || next.get(0).position() > high) {
                high = middle;
                continue;
            }
            ChangeId there = next.get(0).id();
            boolean before = there.epoch() != id.epoch() ? there.epoch() < id.epoch() : there.seq() < id.seq();
            if (before) {
                low = next.get(0).position();
            } else {
                high = middle;
            }
        }
        return low;
    }

    private OptionalLong position(List<Segment> held, long after, long to, ChangeId id) {
        for (int i = 0; i < held.size(); i++) {
            boolean ends = i + 1 < held.size() && held.get(i + 1).first() <= after + 1;
            if (ends || held.get(i).first() > to) {
                continue;
            }
            Range range = new Range(after, to, false);
            OptionalLong found =
                    journal.readers().read(held.get(i), reader -> reader.position(range, id.epoch(), id.seq()));
            if (found.isPresent()) {
                return found;
            }
        }
        return OptionalLong.empty();
    }

    private static Condition condition(Wanted wanted) {
        StringBuilder sql = new StringBuilder();
        List<String> values = new ArrayList<>();
        if (!wanted.tables().isEmpty()) {
            sql.append(" AND \"table\" IN (")
                    .append(marks(wanted.tables().size()))
                    .append(')');
            values.addAll(wanted.tables());
        }
        if (!wanted.operations().isEmpty()) {
            sql.append(" AND operation IN (")
                    .append(marks(wanted.operations().size()))
                    .append(')');
            wanted.operations().forEach(operation -> values.add(operation.word()));
        }
        RowName row = wanted.row();
        if (row != null && row.keyJson() != null) {
            sql.append(" AND (key = ? OR key_before = ? OR operation = 'truncate')");
            values.add(row.keyJson());
            values.add(row.keyJson());
        }
        return new Condition(sql.toString(), values);
    }

    private static String marks(int count) {
        return "?" + ", ?".repeat(count - 1);
    }

    /** One look through the segments. */
    private final class Scan {
        private final List<Segment> held;
        private final Wanted wanted;
        private final boolean descending;
        private final int limit;
        private final long deadline;
        private final Condition condition;
        private final List<Change> found = new ArrayList<>();
        private long characters;

        Scan(List<Segment> held, Wanted wanted, boolean descending, int limit, Duration patience) {
            this.held = held;
            this.wanted = wanted;
            this.descending = descending;
            this.limit = limit;
            this.deadline = System.nanoTime() + patience.toNanos();
            this.condition = condition(wanted);
        }

        /** @param end ascending, the position up to which the segments are known to hold everything */
        Found from(long position, long end) {
            for (int i = 0; i < held.size(); i++) {
                int index = descending ? held.size() - 1 - i : i;
                Segment segment = held.get(index);
                boolean passed = descending
                        ? segment.first() >= position
                        : index + 1 < held.size() && held.get(index + 1).first() <= position + 1;
                OptionalLong stopped = passed ? OptionalLong.empty() : through(segment, position);
                if (stopped.isPresent()) {
                    return new Found(found, stopped.getAsLong(), false);
                }
            }
            long last = found.isEmpty() ? position : found.get(found.size() - 1).position();
            return new Found(found, descending ? Math.min(last, position) : Math.max(last, end), true);
        }

        /** Goes through one segment; where it stops before its end, the position that it came to. */
        private OptionalLong through(Segment segment, long from) {
            return journal.readers().read(segment, reader -> {
                long at = from;
                for (OptionalLong next = reader.next(at, descending);
                        next.isPresent();
                        next = reader.next(at, descending)) {
                    if (isFull() || System.nanoTime() - deadline > 0) {
                        return OptionalLong.of(at);
                    }
                    long begin = next.getAsLong();
                    Range range = descending
                            ? new Range(begin - STEP, begin, true)
                            : new Range(begin - 1, begin - 1 + STEP, false);
                    if (!reader.search(journal.database(), range, condition, journal::rowType, this::take)) {
                        return OptionalLong.of(found.get(found.size() - 1).position());
                    }
                    at = descending ? range.after() + 1 : range.to();
                }
                return OptionalLong.empty();
            });
        }

        /** Whether it takes more. */
        private boolean take(Change change) {
            RowName row = wanted.row();
            if (row == null || row.keyJson() != null || row.isOf(change)) {
                found.add(change);
                characters += length(change.beforeJson()) + length(change.afterJson());
            }
            return !isFull();
        }

        private boolean isFull() {
            return found.size() >= limit || characters > MOST_CHARACTERS;
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }
}
