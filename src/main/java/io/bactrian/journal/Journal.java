package io.bactrian.journal;

import io.bactrian.change.Change;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** SEAM (to be implemented): one database's journal. Readers on any thread; one appender. */
public final class Journal implements AutoCloseable {
    /** Hears of what was appended, on the collector's thread, after it is durable. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /** @param page in position order, never empty, contiguous with what was handed over before */
        void appended(List<Change> page);
    }

    private Journal() {}

    public String database() {
        throw new UnsupportedOperationException();
    }

    /** The last position given, 0 when nothing was ever appended. */
    public long last() {
        throw new UnsupportedOperationException();
    }

    /** The earliest position still held; {@code last() + 1} where none is. */
    public long first() {
        throw new UnsupportedOperationException();
    }

    /** At most {@code limit} changes after {@code position}, in order; empty at the end. */
    public List<Change> read(long position, int limit) {
        throw new UnsupportedOperationException();
    }

    /** The position just before the first change collected at or after {@code time}; empty where that is past the end. */
    public OptionalLong positionBefore(Instant time) {
        throw new UnsupportedOperationException();
    }

    public void addListener(Listener listener) {
        throw new UnsupportedOperationException();
    }

    public void removeListener(Listener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
