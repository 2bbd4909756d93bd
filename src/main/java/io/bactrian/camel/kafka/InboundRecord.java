package io.bactrian.camel.kafka;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record between its arrival and the end of its route. {@code done} is guarded by its loop's lock; the rest is its
 * lane's, which hands it from thread to thread.
 */
final class InboundRecord {
    final ConsumerRecord<byte[], byte[]> record;
    final PartitionWork work;
    /** What names it for ever: a topic that is made anew counts from 0 again, so its name wouldn't do. */
    final String id;

    boolean done;
    int tries;
    /** Tries to write it to the dead letters. */
    int buryings;

    /** Why it was given up; what is left to do is to write it to the dead letters. */
    @Nullable
    Throwable givenUp;

    InboundRecord(ConsumerRecord<byte[], byte[]> record, PartitionWork work, String topicId) {
        this.record = record;
        this.work = work;
        this.id = topicId + '-' + record.partition() + '-' + record.offset();
    }

    int size() {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** The same for all records that must keep their order where keys decide it. */
    int order() {
        return 31 * (record.partition() + record.topic().hashCode()) + Arrays.hashCode(record.key());
    }

    /** Such as {@code orders-0@4711}. */
    @Override
    public String toString() {
        return record.topic() + '-' + record.partition() + '@' + record.offset();
    }
}
