package io.bactrian.camel.kafka;

import java.util.ArrayDeque;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition that were fetched and are not all done: knows up to where everything is (invariant 8).
 * Guarded by its loop's lock.
 */
final class PartitionWork {
    private static final int MOST_RECORDS = 2_000;
    private static final int MOST_BYTES = 8 << 20;

    final TopicPartition partition;
    private final ArrayDeque<InboundRecord> window = new ArrayDeque<>();
    private long bytes;
    /** The first offset that is not done, -1 where nothing was done yet. */
    private long reached = -1;

    private long committing = -1;
    private long highest = -1;
    int inFlight;
    /** It was given to another consumer: what has not begun is not ours any more. */
    boolean revoked;

    boolean paused;

    PartitionWork(TopicPartition partition) {
        this.partition = partition;
    }

    void add(InboundRecord record) {
        window.add(record);
        bytes += record.size();
        highest = record.record.offset();
    }

    void done(InboundRecord record) {
        record.done = true;
        for (InboundRecord first = window.peek(); first != null && first.done; first = window.peek()) {
            window.remove();
            bytes -= first.size();
            reached = first.record.offset() + 1;
        }
    }

    /** Whether offsets go back: then the topic is another one under the same name, or was cut. */
    boolean goesBackTo(long offset) {
        return offset <= highest;
    }

    boolean isFull() {
        return window.size() >= MOST_RECORDS || bytes >= MOST_BYTES;
    }

    boolean hasRoom() {
        return window.size() <= MOST_RECORDS / 2 && bytes <= MOST_BYTES / 2;
    }

    /** The offset to commit, -1 where all that is done is committed or being so. */
    long toCommit() {
        return reached > committing ? reached : -1;
    }

    void committing(long offset) {
        committing = offset;
    }

    /** The commit didn't get through: it is due again. */
    void notCommitted() {
        committing = -1;
    }
}
