package io.bactrian.subscription;

import io.bactrian.store.AttemptFile;
import io.bactrian.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each delivery attempt came to, for a bounded time: which change, when, for how long, how it ended, and the calls
 * that it made with their answers. Bodies aren't kept: they are in the journal. Nothing depends on it.
 *
 * <p>Written within a second, in the background, at most one write at a time, into a file of its own that isn't synced to
 * the disk: a crash may lose the last second. Thread-safe.
 */
final class AttemptLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptLog.class);
    private static final Duration BETWEEN_WRITES = Duration.ofSeconds(1);
    private static final Duration BETWEEN_PURGES = Duration.ofMinutes(1);
    /** Packed bytes that are kept for the next try while the file can't be written. */
    private static final long MOST_UNWRITTEN = 8 << 20;

    private final AttemptFile file;
    private final AttemptSettings settings;
    private final Shared shared;
    private final Map<String, AttemptRecorder> recorders = new ConcurrentHashMap<>();
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicBoolean urgent = new AtomicBoolean();
    private final LongAdder droppedBefore = new LongAdder();
    private final Object writing = new Object();
    private final Map<Long, AttemptFile.Block> unwritten = new LinkedHashMap<>();
    private Instant nextPurge = Instant.MIN;
    private boolean failing;
    private volatile boolean closed;

    AttemptLog(AttemptFile file, AttemptSettings settings, Shared shared) {
        this.file = file;
        this.settings = settings;
        this.shared = shared;
    }

    /** The handler with a record of what it does; of a name's recorders the last one counts. */
    AttemptRecorder recorded(String subscription, ChangeHandler handler) {
        AttemptRecorder recorder = new AttemptRecorder(handler, this);
        AttemptRecorder before = recorders.put(subscription, recorder);
        if (before != null) {
            save(subscription, before);
            droppedBefore.add(before.dropped());
        }
        return recorder;
    }

    /** The attempts on record for a subscription's change, the first first. */
    List<Attempt> find(String subscription, long position) {
        write();
        Instant oldest = oldest();
        List<Attempt> found = new ArrayList<>();
        for (byte[] block : file.find(subscription, position)) {
            found.addAll(AttemptBlock.unpack(block, position));
        }
        found.removeIf(attempt -> attempt.started().isBefore(oldest));
        found.sort(Comparator.comparing(Attempt::started).thenComparing(Attempt::generation));
        return found;
    }

    /** The attempt under way. */
    Optional<AttemptRecorder.Flying> flying(String subscription, long position) {
        AttemptRecorder recorder = recorders.get(subscription);
        return recorder == null ? Optional.empty() : recorder.flying(position);
    }

    /** Drops what is on record for a subscription. */
    void forget(String subscription) {
        synchronized (writing) {
            AttemptRecorder recorder = recorders.remove(subscription);
            if (recorder != null) {
                droppedBefore.add(recorder.dropped());
            }
            unwritten.values().removeIf(block -> block.subscription().equals(subscription));
            file.forget(subscription);
        }
    }

    /** Attempts that got through and were left out because writing could not keep up. */
    long dropped() {
        return droppedBefore.sum()
                + recorders.values().stream()
                        .mapToLong(AttemptRecorder::dropped)
                        .sum();
    }

    long millis() {
        return shared.clock().millis();
    }

    /** There is more to write. */
    void grown(boolean full) {
        if (full && !urgent.get() && urgent.compareAndSet(false, true)) {
            shared.apart(this::write);
        } else if (!armed.get() && armed.compareAndSet(false, true)) {
            shared.after(BETWEEN_WRITES, () -> shared.apart(this::write));
        }
    }

    private void write() {
        synchronized (writing) {
            armed.set(false);
            urgent.set(false);
            if (closed) {
                return;
            }
            try {
                recorders.forEach(this::gather);
                flush();
                purge();
            } catch (StoreException e) {
                failed(e);
            }
        }
    }

    private void save(String subscription, AttemptRecorder recorder) {
        synchronized (writing) {
            try {
                gather(subscription, recorder);
            } catch (StoreException e) {
                failed(e);
            }
        }
    }

    private void gather(String subscription, AttemptRecorder recorder) {
        if (!recorder.hasGrown()) {
            return;
        }
        for (AttemptBlock.Packed each : recorder.drain(file.newId())) {
            long id = each.id() == 0 ? file.newId() : each.id();
            unwritten.put(
                    id,
                    new AttemptFile.Block(
                            id,
                            subscription,
                            each.firstPosition(),
                            each.lastPosition(),
                            each.lastStarted(),
                            each.data()));
        }
    }

    private void flush() {
        if (unwritten.isEmpty()) {
            return;
        }
        file.put(unwritten.values());
        unwritten.clear();
        if (failing) {
            failing = false;
            LOG.info("Attempts are put on record again");
        }
    }

    private void failed(StoreException cause) {
        if (!failing) {
            failing = true;
            LOG.warn("Attempts can't be put on record, tried again each second: {}", cause.getMessage());
        }
        long size = 0;
        for (AttemptFile.Block block : unwritten.values()) {
            size += block.data().length;
        }
        var oldest = unwritten.values().iterator();
        while (size > MOST_UNWRITTEN && oldest.hasNext()) {
            size -= oldest.next().data().length;
            oldest.remove();
        }
        grown(false);
    }

    private void purge() {
        Instant now = shared.clock().instant();
        if (now.isBefore(nextPurge)) {
            return;
        }
        nextPurge = now.plus(BETWEEN_PURGES);
        file.retain(oldest(), settings.maxSize());
    }

    /** Drops what is too old, also where nothing is written any more. */
    void purgeNow() {
        synchronized (writing) {
            nextPurge = Instant.MIN;
        }
        write();
    }

    private Instant oldest() {
        return shared.clock().instant().minus(settings.retention());
    }

    /** Writes what there is. */
    @Override
    public void close() {
        write();
        closed = true;
        file.close();
    }
}
