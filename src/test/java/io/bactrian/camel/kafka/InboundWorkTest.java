package io.bactrian.camel.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.kafka.InboundFailure.Rule;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.RuntimeCamelException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What decides about records that came in, without a broker. */
class InboundWorkTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final PartitionWork work = new PartitionWork(new TopicPartition("orders", 0));

    private InboundRecord record(long offset) {
        InboundRecord record =
                new InboundRecord(new ConsumerRecord<>("orders", 0, offset, new byte[1], new byte[10]), work, "id");
        work.add(record);
        return record;
    }

    @Test
    @DisplayName("invariant 8: an offset is committed only when all before it are done")
    void anOffsetIsCommittedOnlyWhenAllBeforeItAreDone() {
        List<InboundRecord> records = List.of(record(5), record(6), record(9));
        assertEquals(-1, work.toCommit());
        work.done(records.get(1));
        assertEquals(-1, work.toCommit());
        work.done(records.get(0));
        assertEquals(7, work.toCommit());
        work.committing(7);
        assertEquals(-1, work.toCommit());
        work.notCommitted();
        assertEquals(7, work.toCommit());
        work.done(records.get(2));
        assertEquals(10, work.toCommit());
    }

    @Test
    void aPartitionIsFullByItsRecordsOrTheirSize() {
        List<InboundRecord> records = new ArrayList<>();
        while (!work.isFull()) {
            records.add(record(records.size()));
        }
        assertFalse(work.hasRoom());
        records.subList(0, records.size() / 2).forEach(work::done);
        assertTrue(work.hasRoom());
        assertTrue(work.goesBackTo(records.size() - 1));
        assertFalse(work.goesBackTo(records.size()));
    }

    @Test
    void aRecordIsNamedByItsTopicsIdAndPlace() {
        assertEquals("id-0-7", record(7).id);
        assertEquals("orders-0@8", record(8).toString());
    }

    @Test
    void whatAFailureMeansIsTakenFromItsCause() {
        assertEquals(Rule.FOR_GOOD, rule(new IllegalArgumentException("Not JSON")));
        assertEquals(Rule.FOR_GOOD, rule(new RuntimeCamelException(new IllegalArgumentException("Not JSON"))));
        assertEquals(Rule.FOR_GOOD, rule(new DatabaseException(Kind.CONSTRAINT, "unique", null)));
        assertEquals(Rule.FOR_GOOD, rule(new DatabaseException(Kind.INVALID_STATEMENT, "no such column", null)));
        assertEquals(Rule.NOT_ITS_FAULT, rule(new DatabaseException(Kind.UNREACHABLE, "gone", null)));
        assertEquals(Rule.NOT_ITS_FAULT, rule(new DatabaseException(Kind.CONTENDED, "locked", null)));
        assertEquals(Rule.COUNTED, rule(new DatabaseException(Kind.OTHER, "?", null)));
        assertEquals(Rule.COUNTED, rule(new IllegalStateException("?")));
        Exception cause = new Exception("x");
        assertEquals(Rule.FOR_GOOD, rule(new DeliveryException("x", new DeliveryOutcome.GivenUp(cause), cause)));
        assertEquals(Rule.COUNTED, rule(new DeliveryException("x", new DeliveryOutcome.Failed(cause), cause)));
        InboundFailure told = InboundFailure.of(
                new DeliveryException("x", new DeliveryOutcome.RetryAt(NOW.plusSeconds(30), cause), cause), NOW);
        assertEquals(Rule.NOT_ITS_FAULT, told.rule());
        assertEquals(Duration.ofSeconds(30), told.delay());
    }

    private static Rule rule(Throwable failure) {
        return InboundFailure.of(failure, NOW).rule();
    }

    @Test
    void delaysGrowToTheLongest() {
        InboundOptions options =
                new InboundOptions(false, 8, 10, Duration.ofSeconds(1), 2, Duration.ofSeconds(5), null);
        assertEquals(Duration.ofSeconds(1), options.delay(1));
        assertEquals(Duration.ofSeconds(4), options.delay(3));
        assertEquals(Duration.ofSeconds(5), options.delay(4));
        assertEquals(Duration.ofSeconds(5), options.delay(10_000));
        String refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> new InboundOptions(false, 0, 10, Duration.ofSeconds(1), 2, Duration.ofSeconds(5), null))
                .getMessage();
        assertEquals("Option lanes is '0': use 1 to 256", refused);
    }

    @Test
    void whatWaitsWhileKafkaIsLookedForInVainFailsWithIt() {
        List<Runnable> thread = new ArrayList<>();
        FirstContact contact = new FirstContact(thread::add);
        AtomicInteger sent = new AtomicInteger();
        List<Exception> failed = new ArrayList<>();
        Exception gone = new Exception("no answer");
        contact.later(
                () -> {
                    sent.incrementAndGet();
                    contact.lost("orders", gone);
                },
                failed::add);
        contact.later(sent::incrementAndGet, failed::add);
        thread.forEach(Runnable::run);
        assertEquals(1, sent.get());
        assertEquals(List.of(gone), failed);
        // What comes later looks again.
        thread.clear();
        contact.later(
                () -> {
                    sent.incrementAndGet();
                    contact.found("orders");
                },
                failed::add);
        contact.later(sent::incrementAndGet, failed::add);
        thread.forEach(Runnable::run);
        assertEquals(3, sent.get());
        assertTrue(contact.knows("orders"));
    }
}
