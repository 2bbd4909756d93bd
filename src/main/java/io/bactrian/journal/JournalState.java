package io.bactrian.journal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the newest segment knows of the whole journal.
 *
 * @param last the last position given, or jumped to
 * @param lastCollected microseconds since 1970
 * @param bookmark null before anything was collected
 * @param gaps in the order of their positions
 */
record JournalState(long last, long lastCollected, @Nullable Bookmark bookmark, List<Gap> gaps) {
    static final JournalState NEW = new JournalState(0, 0, null, List.of());

    JournalState {
        gaps = List.copyOf(gaps);
    }

    JournalState with(Bookmark next) {
        return new JournalState(last, lastCollected, next, gaps);
    }

    JournalState after(long position, long collected, Bookmark next) {
        return new JournalState(position, collected, next, gaps);
    }

    JournalState after(Gap gap, Bookmark next) {
        List<Gap> more = new ArrayList<>(gaps);
        more.add(gap);
        return new JournalState(gap.position() + gap.jump(), lastCollected, next, more);
    }

    /** Without the gaps that lie before a position. */
    JournalState from(long position) {
        return new JournalState(
                last,
                lastCollected,
                bookmark,
                gaps.stream()
                        .filter(gap -> gap.position() + gap.jump() >= position)
                        .toList());
    }

    /** How many changes stand after a position; positions that a gap left out don't count. */
    long countAfter(long position) {
        long count = last - position;
        for (Gap gap : gaps) {
            if (gap.position() + gap.jump() > position) {
                count -= gap.position() + gap.jump() - Math.max(position, gap.position());
            }
        }
        return Math.max(0, count);
    }
}
