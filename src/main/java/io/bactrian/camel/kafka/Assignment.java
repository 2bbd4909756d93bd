package io.bactrian.camel.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a member of the group has, the work in each, and the lanes that it goes through: one for each
 * partition, or, where keys decide the order, as many as are asked for. Guarded by the loop's lock.
 */
final class Assignment {
    private final Map<TopicPartition, PartitionWork> works = new HashMap<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<TopicPartition, Lane> lanesByPartition = new HashMap<>();
    private final Supplier<Lane> newLane;

    /** @param keyLanes 0 where the partition decides the order */
    Assignment(int keyLanes, Supplier<Lane> newLane) {
        this.newLane = newLane;
        for (int lane = 0; lane < keyLanes; lane++) {
            lanes.add(newLane.get());
        }
    }

    void gain(Collection<TopicPartition> partitions) {
        partitions.forEach(each -> works.put(each, new PartitionWork(each)));
    }

    /** They are someone else's: what has not begun is dropped. */
    void lose(Collection<TopicPartition> partitions) {
        partitions.forEach(each -> {
            PartitionWork work = works.remove(each);
            if (work != null) {
                work.revoked = true;
            }
            lanesByPartition.remove(each);
        });
    }

    List<TopicPartition> partitions() {
        return List.copyOf(works.keySet());
    }

    /** The work in a partition, null where it isn't ours any more. */
    @Nullable
    PartitionWork work(TopicPartition partition) {
        return works.get(partition);
    }

    Stream<PartitionWork> works(Collection<TopicPartition> partitions) {
        return partitions.stream().map(works::get).filter(Objects::nonNull);
    }

    Collection<PartitionWork> works() {
        return works.values();
    }

    /** Sends fetched records on their way. */
    void add(PartitionWork work, List<ConsumerRecord<byte[], byte[]>> records, String topicId) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            InboundRecord taken = new InboundRecord(record, work, topicId);
            work.add(taken);
            lane(taken).add(taken);
        }
    }

    private Lane lane(InboundRecord record) {
        return lanes.isEmpty()
                ? lanesByPartition.computeIfAbsent(record.work.partition, each -> newLane.get())
                // Keys that count up differ in the last characters only: spread them.
                : lanes.get(Math.floorMod(record.order() * 0x9E3779B9 >>> 8, lanes.size()));
    }

    /** The offsets up to which all is done, and that were not committed yet; they count as such from now on. */
    Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        works(partitions).forEach(work -> {
            long offset = work.toCommit();
            if (offset >= 0) {
                offsets.put(work.partition, new OffsetAndMetadata(offset));
                work.committing(offset);
            }
        });
        return offsets;
    }
}
