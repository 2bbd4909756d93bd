package io.bactrian.journal;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.RowType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database's journal: segment files {@code <first position>.db} in {@code journal/<database>} of the data directory.
 *
 * <p>Readers on any thread; one appender (the methods that write are for its thread alone). What a writing method
 * returned from is on disk. Positions only grow: by one from change to change, and by a jump where a {@link Gap} is
 * marked; {@code collected} never goes back. A writing method that threw has written all or nothing; the next one finds
 * out which, and hands over what the listeners missed.
 */
public final class Journal implements AutoCloseable {
    /** Hears of what was appended, on the collector's thread, after it is durable. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param page in position order, never empty, contiguous with what was handed over before (but for the jump at
         *     a gap)
         */
        void appended(List<Change> page);

        /** A gap was marked: changes may be missing after its position. */
        default void marked(Gap gap) {}
    }

    /** More than a journal ever gives between two backups of its store. */
    private static final long JUMP = 1L << 32;

    private static final int PAGE = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path directory;
    private final String database;
    private final JournalSettings settings;
    private final Function<String, RowType> rowTypes;
    private final Clock clock;
    private final SegmentReaders readers = new SegmentReaders();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private volatile List<Segment> segments = List.of();
    private volatile JournalState state = JournalState.NEW;
    private @Nullable SegmentWriter writer;
    private Instant newestBegan = Instant.EPOCH;

    private Journal(
            Path directory,
            String database,
            JournalSettings settings,
            Function<String, RowType> rowTypes,
            Clock clock) {
        this.directory = directory;
        this.database = database;
        this.settings = settings;
        this.rowTypes = rowTypes;
        this.clock = clock;
    }

    /**
     * Opens a database's journal, made where there is none.
     *
     * @param data the data directory, which the caller holds the lock of
     * @param rowTypes how a table's rows are read, by the table's name
     * @throws JournalException where it can't be read or made
     */
    public static Journal open(
            Path data, String database, JournalSettings settings, Function<String, RowType> rowTypes, Clock clock) {
        Path directory = data.resolve("journal").resolve(database);
        Journal journal = new Journal(directory, database, settings, rowTypes, clock);
        try {
            Files.createDirectories(directory);
            journal.segments = List.copyOf(Segment.list(directory));
            journal.openNewest();
        } catch (IOException | SQLException e) {
            throw journal.failed(e);
        }
        return journal;
    }

    public String database() {
        return database;
    }

    /** How a table's rows are read; for changes that were kept elsewhere than here. */
    public RowType rowType(String table) {
        return rowTypes.apply(table);
    }

    /** The last position given, 0 when nothing was ever appended. */
    public long last() {
        return state.last();
    }

    /** The earliest position still held; {@code last() + 1} where none is. */
    public long first() {
        return segments.get(0).first();
    }

    /** When the last change was collected; empty when none ever was. */
    public Optional<Instant> lastCollected() {
        long micros = state.lastCollected();
        return micros == 0 ? Optional.empty() : Optional.of(SegmentReader.instant(micros));
    }

    /** How many changes stand after a position; positions that a gap left out don't count. */
    public long countAfter(long position) {
        return state.countAfter(position);
    }

    /** The gaps within what is held, in order. */
    public List<Gap> gaps() {
        return state.gaps();
    }

    /** How far collecting has come; empty before anything was collected. */
    public Optional<Bookmark> bookmark() {
        return Optional.ofNullable(state.bookmark());
    }

    /** At most {@code limit} changes after {@code position}, in order; empty at the end. */
    public List<Change> read(long position, int limit) {
        return overSegments(held -> read(held, position, limit));
    }

    /** Looks at what is held; again where the retention dropped a segment just as it was opened. */
    <T> T overSegments(Function<List<Segment>, T> work) {
        while (true) {
            List<Segment> held = segments;
            try {
                return work.apply(held);
            } catch (JournalException e) {
                if (held.equals(segments)) {
                    throw e;
                }
            }
        }
    }

    SegmentReaders readers() {
        return readers;
    }

    /** The position just before the first change collected at or after {@code time}; empty where that is past the end. */
    public OptionalLong positionBefore(Instant time) {
        long micros = SegmentReader.micros(time);
        List<Segment> held = segments;
        for (int i = 0; i < held.size(); i++) {
            Segment segment = held.get(i);
            long to = i + 1 < held.size() ? held.get(i + 1).first() - 1 : state.last();
            OptionalLong found = readers.read(segment, reader -> reader.firstSince(micros, segment.first(), to));
            if (found.isPresent()) {
                return OptionalLong.of(found.getAsLong() - 1);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Appends a page and writes the bookmark, in one transaction; then tells the listeners.
     *
     * @return the page as changes, their positions beginning at {@code last() + 1} as it was before the call
     */
    public List<Change> append(List<Entry> page, Bookmark bookmark) {
        if (page.isEmpty()) {
            note(bookmark);
            return List.of();
        }
        List<Change> changes = new ArrayList<>(page.size());
        try {
            SegmentWriter current = writer();
            if (isFull(current.segment())) {
                current = roll();
            }
            long collected = Math.max(SegmentReader.micros(clock.instant()), state.lastCollected());
            Instant now = SegmentReader.instant(collected);
            long position = state.last();
            for (Entry entry : page) {
                ChangeId id = new ChangeId(database, bookmark.epoch(), entry.seq());
                changes.add(entry.at(++position, id, now, rowTypes.apply(entry.table())));
            }
            JournalState next = state.after(position, collected, bookmark);
            current.commit(changes, null, next);
            state = next;
        } catch (SQLException | IOException e) {
            throw failed(e);
        }
        tell(changes);
        return changes;
    }

    /** Writes the bookmark alone. */
    public void note(Bookmark bookmark) {
        try {
            SegmentWriter current = writer();
            JournalState next = state.with(bookmark);
            current.commit(List.of(), null, next);
            state = next;
        } catch (SQLException | IOException e) {
            throw failed(e);
        }
    }

    /** Marks a gap, leaves positions out, and writes the bookmark, in one transaction; then tells the listeners. */
    public Gap mark(String reason, Bookmark bookmark) {
        Gap gap;
        try {
            SegmentWriter current = writer();
            gap = new Gap(state.last(), JUMP, bookmark.epoch(), reason, clock.instant());
            JournalState next = state.after(gap, bookmark);
            current.commit(List.of(), gap, next);
            state = next;
        } catch (SQLException | IOException e) {
            throw failed(e);
        }
        for (Listener listener : listeners) {
            tell(() -> listener.marked(gap));
        }
        return gap;
    }

    /** Drops what is older, or more, than the settings allow. For the appender's thread; cheap. */
    public void retain() {
        try {
            SegmentWriter current = writer();
            boolean holdsSome = state.last() >= current.segment().first();
            if (holdsSome && newestBegan.plus(settings.segmentAge()).isBefore(clock.instant())) {
                roll();
            }
            dropOldest();
        } catch (SQLException | IOException e) {
            throw failed(e);
        }
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {
        closeWriter();
        readers.close();
    }

    private List<Change> read(List<Segment> held, long position, int limit) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < held.size() && changes.size() < limit; i++) {
            if (i + 1 < held.size() && held.get(i + 1).first() <= position + 1) {
                continue;
            }
            int wanted = limit - changes.size();
            changes.addAll(readers.read(held.get(i), reader -> reader.read(database, position, wanted, rowTypes)));
        }
        return changes;
    }

    private SegmentWriter writer() throws SQLException, IOException {
        SegmentWriter current = writer;
        if (current != null) {
            return current;
        }
        long told = state.last();
        SegmentWriter opened = openNewest();
        // A commit that seemed to fail may have reached the disk.
        for (List<Change> page = read(told, PAGE); !page.isEmpty(); page = read(told, PAGE)) {
            tell(page);
            told = page.get(page.size() - 1).position();
        }
        return opened;
    }

    private SegmentWriter openNewest() throws SQLException, IOException {
        SegmentWriter current = null;
        List<Segment> held = new ArrayList<>(segments);
        while (current == null && !held.isEmpty()) {
            Segment newest = held.get(held.size() - 1);
            current = SegmentWriter.open(newest).orElse(null);
            if (current == null) {
                newest.unlink();
                held.remove(newest);
            }
        }
        if (current == null) {
            current = SegmentWriter.create(Segment.in(directory, 1), JournalState.NEW);
            held.add(current.segment());
        }
        begin(current, held);
        state = current.state();
        return current;
    }

    private boolean isFull(Segment newest) {
        return state.last() >= newest.first()
                && (newest.size() >= settings.segmentSize()
                        || newestBegan.plus(settings.segmentAge()).isBefore(clock.instant()));
    }

    private SegmentWriter roll() throws SQLException, IOException {
        closeWriter();
        JournalState carried = state.from(first());
        SegmentWriter next = SegmentWriter.create(Segment.in(directory, carried.last() + 1), carried);
        List<Segment> held = new ArrayList<>(segments);
        Segment sealed = held.get(held.size() - 1);
        held.add(next.segment());
        begin(next, held);
        state = carried;
        // Idle readers would keep its write-ahead log from being folded in.
        readers.forget(sealed);
        dropOldest();
        return next;
    }

    private void begin(SegmentWriter next, List<Segment> held) {
        Segment newest = next.segment();
        writer = next;
        segments = List.copyOf(held);
        newestBegan = readers.read(newest, reader -> reader.read(database, 0, 1, rowTypes)).stream()
                .map(Change::collected)
                .findFirst()
                .orElseGet(clock::instant);
    }

    private void dropOldest() throws IOException {
        List<Segment> held = new ArrayList<>(segments);
        long size = held.stream().mapToLong(Segment::size).sum();
        long oldest = SegmentReader.micros(clock.instant().minus(settings.retention()));
        while (held.size() > 1) {
            Segment segment = held.get(0);
            if (size <= settings.maxSize()
                    && readers.read(segment, SegmentReader::lastCollected).orElse(0) >= oldest) {
                break;
            }
            size -= segment.size();
            held.remove(0);
            // First out of sight, then gone: a reader that comes now no longer opens it.
            segments = List.copyOf(held);
            readers.forget(segment);
            segment.unlink();
        }
    }

    private void tell(List<Change> page) {
        List<Change> shared = List.copyOf(page);
        for (Listener listener : listeners) {
            tell(() -> listener.appended(shared));
        }
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            // It is in the journal: whoever failed to take it can read it there.
            LOG.error("A reader of the journal of '{}' failed to take what was appended", database, e);
        }
    }

    /** Whatever the writer was at is unknown now: the next call opens the segment afresh and looks. */
    private JournalException failed(Exception cause) {
        closeWriter();
        return new JournalException("The journal " + directory + " can't be written: " + cause.getMessage(), cause);
    }

    private void closeWriter() {
        try (SegmentWriter last = writer) {
            writer = null;
        } catch (SQLException e) {
            // What it reported as written is on disk; the rest was reported as failed.
            return;
        }
    }
}
