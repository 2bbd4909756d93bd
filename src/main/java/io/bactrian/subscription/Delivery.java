package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What travels through the lanes: one change, or a batch; or a dead letter on its way back to the parked changes.
 * Guarded by the run's lock.
 */
final class Delivery {
    /** Of a batch: it is one transaction elsewhere, and its text is held several times. */
    private static final int MOST_CHARACTERS = 4 << 20;

    /** The lanes it must lead before it may go; empty where any will do. */
    final int[] lanes;

    final long position;
    /** Set where this only takes a parked change to its place behind what its lane holds. */
    final @Nullable Parked returning;

    private int characters;
    /** Let go once done: others may long wait for a lower position. */
    private List<Change> changes;

    /** Lanes in which others are before it. */
    int behind;

    int attempts;
    boolean started;
    boolean done;

    @Nullable
    Instant firstFailed;

    /** Set while a batch that was refused is divided. */
    @Nullable
    Bisection bisection;

    Delivery(Change change, int[] lanes, boolean grows) {
        this.position = change.position();
        this.lanes = lanes;
        this.returning = null;
        if (grows) {
            this.changes = new ArrayList<>();
            add(change);
        } else {
            this.changes = List.of(change);
        }
    }

    Delivery(Parked returning, int[] lanes) {
        this.position = returning.position;
        this.lanes = lanes;
        this.returning = returning;
        this.changes = List.of();
    }

    List<Change> changes() {
        return changes;
    }

    /** What is tried next: all, or a part. */
    List<Change> due() {
        return bisection == null ? changes : bisection.part();
    }

    /** What is not dealt with. */
    List<Change> left() {
        return bisection == null ? changes : bisection.left();
    }

    /** Whether a batch that has not started takes another change: it is bounded by its text, too. */
    boolean hasRoom(int batch) {
        return !started && changes.size() < batch && characters < MOST_CHARACTERS;
    }

    /** Adds a change to a batch. */
    void add(Change change) {
        changes.add(change);
        characters += length(change.beforeJson()) + length(change.afterJson());
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    void finish() {
        done = true;
        bisection = null;
        changes = List.of();
    }
}
