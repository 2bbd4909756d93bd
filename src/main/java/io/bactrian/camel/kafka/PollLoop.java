package io.bactrian.camel.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the group: fetches records, hands them to lanes, and commits offsets up to which all is done. Its thread
 * never runs a route and never waits for one, so that it stays in the group however long a record takes; where too much
 * waits, a partition is paused.
 */
final class PollLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformKafka.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** Together with the two below: the whole platform is to end within ten seconds, whether Kafka answers or not. */
    private static final Duration TO_FINISH = Duration.ofMillis(1_500);

    private static final Duration TO_CLOSE = Duration.ofMillis(500);
    private static final Duration TO_COMMIT = Duration.ofSeconds(1);
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Object lock = new Object();
    private final Inbound inbound;
    private final RecordAttempts attempts;
    private final Subscribing subscribing;
    private final Presence presence;
    private final TopicIds ids;
    private final Assignment assignment;
    private volatile @Nullable Consumer<byte[], byte[]> client;
    private volatile boolean stopping;
    private boolean commitUnderWay;
    private boolean wakes;
    private long committedAt;

    /** Says what is fetched. */
    interface Subscribing {
        void subscribe(Consumer<byte[], byte[]> client, ConsumerRebalanceListener listener);
    }

    PollLoop(Inbound inbound, RecordAttempts attempts, Subscribing subscribing, Presence presence) {
        this.inbound = inbound;
        this.attempts = attempts;
        this.subscribing = subscribing;
        this.presence = presence;
        this.ids = new TopicIds(inbound.clients());
        InboundOptions options = inbound.options();
        this.assignment = new Assignment(options.byKey() ? options.lanes() : 0, () -> new Lane(this));
    }

    /**
     * Makes the client; the thread begins after that.
     *
     * @throws KafkaException where it can't be made, as where no broker's name resolves
     */
    void open() {
        client = inbound.clients().consumer();
    }

    @Override
    public void run() {
        while (!stopping) {
            Consumer<byte[], byte[]> opened = client;
            try {
                if (opened == null) {
                    opened = inbound.clients().consumer();
                    client = opened;
                }
                subscribing.subscribe(opened, new Assignments(opened));
                while (!stopping) {
                    turn(opened);
                }
                release(opened, assignment.partitions());
            } catch (RuntimeException e) {
                failed(e);
            } finally {
                client = null;
                close(opened);
                lose();
            }
        }
        close(client);
    }

    private static void close(@Nullable Consumer<byte[], byte[]> opened) {
        try {
            if (opened != null) {
                opened.close(CloseOptions.timeout(TO_CLOSE));
            }
        } catch (KafkaException e) {
            LOG.debug("The client didn't close in order", e);
        }
    }

    /** Tells the loop to end; {@link #run} returns when it has. */
    void stop() {
        stopping = true;
        var open = client;
        if (open != null) {
            open.wakeup();
        }
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    private void turn(Consumer<byte[], byte[]> opened) {
        commitWhatIsDone(opened);
        resumeWhatHasRoom(opened);
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = opened.poll(POLL);
        } catch (WakeupException e) {
            return;
        }
        presence.look(opened);
        for (TopicPartition partition : records.partitions()) {
            take(opened, partition, records.records(partition));
        }
    }

    private void take(
            Consumer<byte[], byte[]> opened, TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        PartitionWork work;
        synchronized (lock) {
            work = assignment.work(partition);
            if (work == null || records.isEmpty()) {
                return;
            }
            if (work.goesBackTo(records.get(0).offset())) {
                ids.forget(partition.topic());
            }
        }
        String id = id(partition.topic());
        synchronized (lock) {
            assignment.add(work, records, id);
            if (work.isFull() && !work.paused) {
                work.paused = true;
                opened.pause(List.of(partition));
            }
        }
    }

    /** The records are fetched already: without the id there is no going on. */
    private String id(String topic) {
        while (true) {
            try {
                return ids.of(topic);
            } catch (KafkaException e) {
                if (stopping) {
                    throw e;
                }
                presence.gone(e);
                pause(Duration.ofSeconds(1));
            }
        }
    }

    private void resumeWhatHasRoom(Consumer<byte[], byte[]> opened) {
        synchronized (lock) {
            wakes = false;
            for (PartitionWork work : assignment.works()) {
                if (work.paused && work.hasRoom()) {
                    work.paused = false;
                    opened.resume(List.of(work.partition));
                }
                wakes |= work.paused;
            }
        }
    }

    private void commitWhatIsDone(Consumer<byte[], byte[]> opened) {
        if (commitUnderWay || System.nanoTime() - committedAt < COMMIT_NANOS) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets;
        synchronized (lock) {
            offsets = assignment.toCommit(assignment.partitions());
        }
        if (offsets.isEmpty()) {
            return;
        }
        commitUnderWay = true;
        committedAt = System.nanoTime();
        opened.commitAsync(offsets, (committed, failure) -> {
            commitUnderWay = false;
            if (failure != null) {
                synchronized (lock) {
                    assignment.works(committed.keySet()).forEach(PartitionWork::notCommitted);
                }
            }
        });
    }

    /** What is under way is given time to finish; what is done is committed; the rest is given away. */
    private void release(Consumer<byte[], byte[]> opened, Collection<TopicPartition> partitions) {
        awaitInFlight(partitions);
        Map<TopicPartition, OffsetAndMetadata> offsets;
        synchronized (lock) {
            // A commit that is still on its way may fail.
            assignment.works(partitions).forEach(PartitionWork::notCommitted);
            offsets = assignment.toCommit(partitions);
        }
        if (!offsets.isEmpty()) {
            commit(opened, offsets);
        }
        synchronized (lock) {
            assignment.lose(partitions);
        }
    }

    private static void commit(Consumer<byte[], byte[]> opened, Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (int tries = 0; tries < 2; tries++) {
            try {
                opened.commitSync(offsets, TO_COMMIT);
                return;
            } catch (WakeupException e) {
                // It was meant for the next poll: once more.
                LOG.trace("Woken", e);
            } catch (KafkaException e) {
                // What is done comes again, and is known by its id.
                LOG.debug("Offsets were not committed", e);
                return;
            }
        }
    }

    private void awaitInFlight(Collection<TopicPartition> partitions) {
        synchronized (lock) {
            List<PartitionWork> leaving = assignment.works(partitions).toList();
            leaving.forEach(work -> work.revoked = true);
            await(() -> leaving.stream().allMatch(work -> work.inFlight == 0), TO_FINISH);
        }
    }

    /** Waits for what is notified of; under the lock. */
    private void await(BooleanSupplier met, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (!met.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                lock.wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The partitions are someone else's, or the client is gone. */
    private void lose() {
        synchronized (lock) {
            assignment.lose(assignment.partitions());
            commitUnderWay = false;
        }
    }

    private void failed(RuntimeException failure) {
        if (stopping) {
            LOG.debug("While stopping", failure);
            return;
        }
        presence.gone(failure);
        pause(Duration.ofSeconds(5));
    }

    private void pause(Duration time) {
        synchronized (lock) {
            await(() -> stopping, time);
        }
    }

    /** One try, without the lock; how long to wait for the next, null where the record is done with. */
    @Nullable
    Duration attempt(InboundRecord record) {
        return attempts.make(record);
    }

    /** Under the lock. */
    void done(InboundRecord record) {
        PartitionWork work = record.work;
        work.done(record);
        var open = client;
        if (wakes && work.paused && work.hasRoom() && open != null) {
            wakes = false;
            open.wakeup();
        }
    }

    /** It is no longer ours; under the lock. */
    void forget(InboundRecord record) {
        inbound.watch().resolved(record);
    }

    boolean stopping() {
        return stopping;
    }

    Object lock() {
        return lock;
    }

    void execute(Lane lane) {
        try {
            inbound.threads().workers().execute(lane);
        } catch (RejectedExecutionException e) {
            LOG.debug("The route stops", e);
        }
    }

    void executeLater(Lane lane, Duration delay) {
        try {
            var unused =
                    inbound.threads().timer().schedule(() -> execute(lane), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The route stops", e);
        }
    }

    private final class Assignments implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> opened;

        Assignments(Consumer<byte[], byte[]> opened) {
            this.opened = opened;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            synchronized (lock) {
                assignment.gain(partitions);
            }
            presence.back();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            release(opened, partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            synchronized (lock) {
                assignment.lose(partitions);
            }
        }
    }
}
