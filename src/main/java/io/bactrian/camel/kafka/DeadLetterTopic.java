package io.bactrian.camel.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Where records are kept that were given up: whole, with key, headers and time, and with what happened in headers by
 * Kafka Connect's convention ({@code __connect.errors.…}: KIP-298, org.apache.kafka.connect.runtime.errors), so that
 * tools know them. Thread-safe.
 */
final class DeadLetterTopic implements AutoCloseable {
    private static final String PREFIX = "__connect.errors.";
    private static final int WITHIN_SECONDS = 20;

    private final InboundClients clients;
    private final String route;
    private final @Nullable String named;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    DeadLetterTopic(InboundClients clients, String route, @Nullable String named) {
        this.clients = clients;
        this.route = route;
        this.named = named;
    }

    /** The topic for what came from another one. */
    String of(String topic) {
        return named == null ? topic + ".dlq" : named;
    }

    /**
     * Returns when it is kept durably.
     *
     * @throws KafkaException where it can't be kept now
     */
    void keep(InboundRecord letter, Throwable reason) {
        String topic = of(letter.record.topic());
        make(topic);
        ConsumerRecord<byte[], byte[]> from = letter.record;
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, from.timestamp(), from.key(), from.value(), from.headers());
        tell(record.headers(), letter, reason);
        try {
            producer().send(record).get(WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while writing to " + topic, e);
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "Can't write to the dead letters' topic " + topic + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("The dead letters' topic " + topic + " didn't answer in time", e);
        }
    }

    private void tell(Headers headers, InboundRecord letter, Throwable reason) {
        // It may have been a dead letter before.
        headers.remove(PREFIX + "topic");
        put(headers, "topic", letter.record.topic());
        put(headers, "partition", Integer.toString(letter.record.partition()));
        put(headers, "offset", Long.toString(letter.record.offset()));
        put(headers, "connector.name", route);
        put(headers, "task.id", "0");
        put(headers, "stage", "TASK_PUT");
        put(headers, "class.name", PlatformKafka.class.getName());
        put(headers, "exception.class.name", reason.getClass().getName());
        put(headers, "exception.message", InboundFailure.text(reason));
        put(headers, "attempts", Integer.toString(letter.tries));
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(PREFIX + name);
        headers.add(PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Where the cluster makes no topics by itself; with its own defaults. */
    private void make(String topic) {
        if (made.contains(topic)) {
            return;
        }
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                    .all()
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while making " + topic, e);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaException(
                        "Can't make the dead letters' topic " + topic + ": " + e.getCause()
                                + "; make it, or name another one by deadLetters=…",
                        e.getCause());
            }
        }
        made.add(topic);
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new KafkaException("The route is stopping");
        }
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = clients.deadLetterProducer();
            producer = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
            producer = null;
        }
    }
}
