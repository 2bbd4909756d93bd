package io.bactrian.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.Faults;
import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.KafkaTopic;
import io.bactrian.testing.KafkaTopic.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A real Kafka in a process of its own, which is killed and started again. */
@TestInstance(Lifecycle.PER_CLASS)
class KafkaConnectorIT extends ConnectorContract {
    private static final int PARTITIONS = 3;

    private KafkaServer kafka;
    private KafkaProducer<String, String> sender;
    private volatile boolean listening = true;
    private Thread listener;
    private long duplicatesBefore;

    @Override
    void startNeighbour() {
        if (kafka != null) {
            kafka.start();
            return;
        }
        kafka = KafkaServer.in(temporary.resolve("kafka")).start();
        // So that a large record comes in at all; what is refused must find room in the dead letters too.
        Map<String, String> large = Map.of("max.message.bytes", Integer.toString(32 << 20));
        kafka.createTopic("received", PARTITIONS, large);
        kafka.createTopic("counted", PARTITIONS, Map.of());
        sender = KafkaTopic.producer(kafka);
    }

    @Override
    boolean stopNeighbour() {
        duplicatesBefore = record.duplicates();
        kafka.kill();
        return true;
    }

    @AfterAll
    void end() throws InterruptedException {
        listening = false;
        listener.join();
        sender.close(Duration.ZERO);
    }

    @Override
    Duration outage() {
        return Duration.ofMinutes(1);
    }

    @Override
    Map<String, String> configuration() {
        return Map.of("bactrian.kafka.brokers", kafka.brokers());
    }

    @Override
    String out() {
        return "kafka:counted?format=row";
    }

    @Override
    String in() {
        return "kafka:received?ordering=key&retryDelay=200ms&retryMaxDelay=2s";
    }

    @Override
    void send(String id, String body) throws Exception {
        // Its retries are one record: it is never told of an outage.
        sender.send(new ProducerRecord<>("received", id, body)).get(5, TimeUnit.MINUTES);
    }

    /** A record has no id but its place in the topic: it comes twice where the group's offsets are set back. */
    @Override
    void sendTwice(List<String> ids) throws Exception {
        for (String id : ids) {
            send(id, message(id));
        }
        awaitApplied(ids);
        platform().stop();
        Map<TopicPartition, OffsetAndMetadata> beginning = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition("received", partition))
                .collect(Collectors.toMap(each -> each, each -> new OffsetAndMetadata(0)));
        try (Admin admin = kafka.admin(20_000)) {
            admin.alterConsumerGroupOffsets("in", beginning).all().get();
        }
        platform().start();
        Faults.awaiting(platform()).until(() -> KafkaTopic.committed(kafka, "in", "received") >= ids.size());
    }

    @Override
    void listen() {
        if (listener == null) {
            listener = new Thread(
                    () -> KafkaTopic.follow(
                            kafka,
                            "counted",
                            seen -> arrived(seen.header("bactrian-id"), String.valueOf(seen.value())),
                            () -> listening),
                    "counted");
            listener.start();
        }
    }

    @Override
    List<String> deadLetters() {
        return letters()
                .map(each -> each.header("__connect.errors.exception.message"))
                .toList();
    }

    private Stream<Seen> letters() {
        List<Seen> all = new ArrayList<>();
        // It is made for the first of them.
        if (kafka.hasTopic("received.dlq")) {
            KafkaTopic.each(kafka, "received.dlq", all::add);
        }
        return all.stream();
    }

    @Override
    List<String> linesOfADatabaseOutage() {
        return List.of("it is tried again by itself, and what comes after it waits", "in: goes on after");
    }

    @Override
    void assertLinesOfAnOutage(String log) {
        super.assertLinesOfAnOutage(log);
        assertEquals(1, Faults.lines(log, "out: Kafka at").size(), log);
        assertEquals(1, Faults.lines(log, "out: Kafka is back after").size(), log);
        // A change that comes when the client no longer knows the topic can't wait in it: the subscription parks it,
        // once.
        assertTrue(Faults.lines(log, "changes are parked").size() <= 1, log);
        assertTrue(Faults.lines(log, "no change is parked any more").size() <= 1, log);
        assertEquals(1, Faults.lines(log, "in: can't receive from Kafka").size(), log);
        assertEquals(1, Faults.lines(log, "in: Kafka is back after").size(), log);
        assertEquals(List.of(), Faults.lines(log, "org.apache.kafka"), log);
        assertEquals(duplicatesBefore, record.duplicates(), "what was under way when it went came once");
    }

    @Test
    void aLargeRecordIsADeadLetterOrAppliedAndTheRestFlows() throws Exception {
        String large = "x".repeat(20 << 20);
        send("large", large);
        String fitting = id();
        send("large", "{\"message\":\"" + fitting + "\", \"nonsense\":\"" + large + "\"}");
        String after = id();
        send("large", message(after));
        awaitApplied(List.of(after));
        Faults.awaiting(platform())
                .until(() -> letters()
                                .filter(each -> String.valueOf(each.key()).equals("large"))
                                .count()
                        == 2);
        assertTrue(platform().isAlive(), platform()::output);
    }

    @Test
    void theDoctorFindsTheBroker() throws Exception {
        String found = Faults.json(platform(), "/api/doctor").toString();
        assertTrue(found.contains("{\"subject\":\"kafka " + kafka.brokers() + "\",\"state\":\"ok\""), found);
    }
}
