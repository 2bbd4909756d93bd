package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts each attempt that a subscription makes on record, between the subscription and its handler. Thread-safe; costs
 * a delivery well under a microsecond and never waits for the disk: where writing can't keep up, what got through is
 * left out and counted, what failed is kept (invariant 6).
 */
final class AttemptRecorder implements ChangeHandler {
    /** An attempt under way. */
    record Flying(int number, Instant started) {}

    private static final Logger LOG = LoggerFactory.getLogger(AttemptRecorder.class);
    /** Packed bytes that wait to be written. */
    private static final int MOST_WAITING = 4 << 20;

    private final Object lock = new Object();
    private final ChangeHandler handler;
    private final AttemptLog log;
    /** Ends of the list of calls under way. */
    private final Call flying;

    private List<AttemptBlock> full = new ArrayList<>();
    private int waiting;
    private @Nullable AttemptBlock open;
    private boolean grown;
    private long dropped;
    private boolean failed;

    AttemptRecorder(ChangeHandler handler, AttemptLog log) {
        this.handler = handler;
        this.log = log;
        this.flying = new Call();
    }

    @Override
    public void handle(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done) {
        Call call = new Call(changes, attempt, generation, done);
        synchronized (lock) {
            call.join(flying);
        }
        try {
            handler.handle(changes, attempt, generation, call);
        } catch (Throwable e) {
            // Also an Error: it is the change's failure, and on record as such.
            call.accept(new DeliveryOutcome.Failed(e));
        }
    }

    /** The attempt under way at a position. */
    Optional<Flying> flying(long position) {
        synchronized (lock) {
            for (Call call = flying.after; call != flying; call = call.after) {
                if (call.first <= position && position <= call.last) {
                    return Optional.of(new Flying(call.number, Instant.ofEpochMilli(call.started)));
                }
            }
            return Optional.empty();
        }
    }

    /**
     * What is to be written: full blocks, handed out once, and the open one as it is now; empty where nothing is new.
     *
     * @param spareId for the open block where it has none yet
     */
    List<AttemptBlock.Packed> drain(long spareId) {
        List<AttemptBlock> blocks;
        List<AttemptBlock.Packed> packed = new ArrayList<>();
        synchronized (lock) {
            blocks = full;
            full = new ArrayList<>();
            waiting = 0;
            AttemptBlock current = open;
            if (current != null && current.isFull()) {
                blocks.add(current);
                open = null;
            } else if (current != null && grown) {
                if (current.id == 0) {
                    current.id = spareId;
                }
                // Packed under the lock: it goes on growing afterwards.
                packed.add(current.packed());
            }
            grown = false;
        }
        blocks.forEach(block -> packed.add(block.packed()));
        return packed;
    }

    /** Whether there is anything to write. */
    boolean hasGrown() {
        synchronized (lock) {
            return grown || !full.isEmpty();
        }
    }

    long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    private void ended(Call call, DeliveryOutcome outcome) {
        long micros = (System.nanoTime() - call.begun) / 1_000;
        boolean urgent = false;
        synchronized (lock) {
            call.leave();
            if (waiting > MOST_WAITING && outcome instanceof DeliveryOutcome.Delivered) {
                dropped++;
                return;
            }
            AttemptBlock block = open;
            if (block == null) {
                block = new AttemptBlock();
                open = block;
            }
            block.add(
                    new AttemptBlock.Entry(
                            call.first, call.last, call.changes, call.number, call.generation, call.started, micros),
                    outcome);
            grown = true;
            if (block.isFull()) {
                full.add(block);
                waiting += block.size();
                open = null;
                urgent = waiting > MOST_WAITING / 8;
            }
        }
        log.grown(urgent);
    }

    /** One attempt under way, in the list of them. */
    private final class Call implements Consumer<DeliveryOutcome> {
        private final @Nullable Consumer<DeliveryOutcome> done;
        private final long first;
        private final long last;
        private final int changes;
        private final int number;
        private final int generation;
        private final long started;
        private final long begun;
        private Call before = this;
        private Call after = this;

        /** The list's ends. */
        Call() {
            this.done = null;
            this.first = Long.MAX_VALUE;
            this.last = Long.MIN_VALUE;
            this.changes = 0;
            this.number = 0;
            this.generation = 0;
            this.started = 0;
            this.begun = 0;
        }

        Call(List<Change> told, int number, int generation, Consumer<DeliveryOutcome> done) {
            this.done = done;
            this.changes = told.size();
            this.first = told.get(0).position();
            this.last = told.get(changes - 1).position();
            this.number = number;
            this.generation = generation;
            this.started = log.millis();
            this.begun = System.nanoTime();
        }

        void join(Call ends) {
            before = ends.before;
            after = ends;
            before.after = this;
            ends.before = this;
        }

        void leave() {
            before.after = after;
            after.before = before;
            before = this;
            after = this;
        }

        @Override
        public void accept(DeliveryOutcome outcome) {
            try {
                ended(this, outcome);
            } catch (RuntimeException | Error e) {
                // Whatever is wrong with the record, the delivery goes on.
                unrecorded(e);
            }
            if (done != null) {
                done.accept(outcome);
            }
        }
    }

    private void unrecorded(Throwable cause) {
        synchronized (lock) {
            if (failed) {
                return;
            }
            failed = true;
            open = null;
        }
        LOG.error("Attempts can't be put on record", cause);
    }
}
