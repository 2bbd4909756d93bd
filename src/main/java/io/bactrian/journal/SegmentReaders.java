package io.bactrian.journal;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Keeps a few segments open for reading, the ones read last. Thread-safe. */
final class SegmentReaders implements AutoCloseable {
    /** Work with an open segment. */
    @FunctionalInterface
    interface Work<T> {
        T with(SegmentReader reader) throws SQLException;
    }

    private static final int IDLE = 8;

    private final Deque<SegmentReader> idle = new ArrayDeque<>();
    private boolean closed;

    <T> T read(Segment segment, Work<T> work) {
        SegmentReader reader = take(segment);
        boolean sound = false;
        try {
            if (reader == null) {
                reader = new SegmentReader(segment);
            }
            T result = work.with(reader);
            sound = true;
            return result;
        } catch (SQLException e) {
            throw new JournalException(segment.path() + " can't be read: " + e.getMessage(), e);
        } finally {
            if (reader != null) {
                giveBack(reader, sound);
            }
        }
    }

    /** Closes what is idle of a segment; who reads it goes on. */
    synchronized void forget(Segment segment) {
        for (Iterator<SegmentReader> readers = idle.iterator(); readers.hasNext(); ) {
            SegmentReader reader = readers.next();
            if (reader.segment().equals(segment)) {
                readers.remove();
                close(reader);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(SegmentReaders::close);
        idle.clear();
    }

    private synchronized @Nullable SegmentReader take(Segment segment) {
        for (Iterator<SegmentReader> readers = idle.iterator(); readers.hasNext(); ) {
            SegmentReader reader = readers.next();
            if (reader.segment().equals(segment)) {
                readers.remove();
                return reader;
            }
        }
        return null;
    }

    private synchronized void giveBack(SegmentReader reader, boolean sound) {
        if (!sound || closed) {
            close(reader);
            return;
        }
        idle.addFirst(reader);
        if (idle.size() > IDLE) {
            close(idle.removeLast());
        }
    }

    private static void close(SegmentReader reader) {
        try {
            reader.close();
        } catch (SQLException e) {
            // A reader holds nothing to lose.
            return;
        }
    }
}
