package io.bactrian.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A topic as others see it: plain clients of Kafka's own, without a group. */
public final class KafkaTopic {
    private KafkaTopic() {}

    /** One record. */
    public record Seen(@Nullable String key, @Nullable String value, Map<String, String> headers) {
        public String header(String name) {
            return headers.get(name);
        }

        static Seen of(ConsumerRecord<String, String> record) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (Header header : record.headers()) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
            return new Seen(record.key(), record.value(), headers);
        }
    }

    /** All records from the beginning, partition by partition in order, until there are so many. */
    public static List<Seen> read(KafkaServer kafka, String topic, int count, Duration patience) {
        List<Seen> seen = new ArrayList<>();
        long end = System.nanoTime() + patience.toNanos();
        try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
            List<TopicPartition> partitions = partitions(consumer, topic, end);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (seen.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> seen.add(Seen.of(record)));
            }
        }
        if (seen.size() < count) {
            throw new AssertionError(topic + ": " + seen.size() + " of " + count + " records came: " + seen);
        }
        return seen;
    }

    /** Everything that is there now. */
    public static List<Seen> all(KafkaServer kafka, String topic) {
        List<Seen> seen = new ArrayList<>();
        each(kafka, topic, seen::add);
        return seen;
    }

    /** Looks at everything that is there now, partition by partition in order. */
    public static void each(KafkaServer kafka, String topic, Consumer<Seen> look) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
            List<TopicPartition> partitions = partitions(consumer, topic, deadline);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(each -> consumer.position(each.getKey()) < each.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> look.accept(Seen.of(record)));
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(topic + " can't be read to its end");
                }
            }
        }
    }

    /** Hands on each record from the beginning, as it comes, while it is wanted; outages are waited out. */
    public static void follow(KafkaServer kafka, String topic, Consumer<Seen> look, BooleanSupplier wanted) {
        try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
            List<TopicPartition> partitions = partitions(consumer, topic, Long.MAX_VALUE);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (wanted.getAsBoolean()) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> look.accept(Seen.of(record)));
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(KafkaServer kafka) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.brokers(), "enable.auto.commit", "false", "max.poll.records", "5000"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic, long end) {
        List<PartitionInfo> found = List.of();
        while (found.isEmpty() && System.nanoTime() < end) {
            found = consumer.partitionsFor(topic);
        }
        return found.stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    public static void write(KafkaServer kafka, String topic, @Nullable Map<String, String> headers, String... values) {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            for (String value : values) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, null, value);
                if (headers != null) {
                    headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
                }
                producer.send(record);
            }
        }
    }

    public static void writeKeyed(KafkaServer kafka, String topic, String key, String value) {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    public static KafkaProducer<String, String> producer(KafkaServer kafka) {
        return new KafkaProducer<>(
                // Longer than any test's outage.
                Map.of(
                        "bootstrap.servers", kafka.brokers(),
                        "delivery.timeout.ms", "300000",
                        "max.block.ms", "300000",
                        "max.request.size", "33554432",
                        "buffer.memory", "67108864"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** The sum over partitions of what a group has committed. */
    public static long committed(KafkaServer kafka, String group, String topic) {
        try (Admin admin = kafka.admin(10_000)) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .filter(each -> each.getKey().topic().equals(topic) && each.getValue() != null)
                    .mapToLong(each -> each.getValue().offset())
                    .sum();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
