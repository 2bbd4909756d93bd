package io.bactrian.camel.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records are kept that were given up: whole, with key, headers and time, and with what happened in headers by
 * Kafka Connect's convention ({@code __connect.errors.…}: KIP-298, org.apache.kafka.connect.runtime.errors), so that
 * tools know them. What their topic won't take for its size is kept without its value. Thread-safe.
 */
final class DeadLetterTopic implements AutoCloseable {
    static final String SUFFIX = ".dlq";

    private static final String PREFIX = "__connect.errors.";
    private static final long FOR_HEADERS = 16 * 1024;
    private static final long LARGEST = Integer.MAX_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(PlatformKafka.class);

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
        return named == null ? topic + SUFFIX : named;
    }

    /**
     * Returns when it is kept durably.
     *
     * @throws KafkaException where it can't be kept now
     */
    void keep(InboundRecord letter, Throwable reason) {
        String topic = of(letter.record.topic());
        make(topic, letter.record.topic());
        ConsumerRecord<byte[], byte[]> from = letter.record;
        try {
            write(topic, letter, reason, from.value());
        } catch (RecordTooLargeException e) {
            // A partition must not wait for ever for a topic that takes less than its own.
            write(topic, letter, reason, null);
        }
    }

    private void write(String topic, InboundRecord letter, Throwable reason, byte @Nullable [] value) {
        ConsumerRecord<byte[], byte[]> from = letter.record;
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, from.timestamp(), from.key(), value, from.headers());
        tell(record.headers(), letter, reason);
        if (value == null && from.value() != null) {
            record.headers()
                    .add(
                            "bactrian-left-out",
                            ("the value, of " + from.value().length + " bytes: " + topic
                                            + " takes none so large (its max.message.bytes); it is at " + letter)
                                    .getBytes(StandardCharsets.UTF_8));
        }
        try {
            // Ends by the client's own delivery.timeout.ms; giving up earlier would make a second letter of it.
            producer().send(record).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while writing to " + topic, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException large) {
                throw large;
            }
            throw new KafkaException(
                    "Can't write to the dead letters' topic " + topic + ": " + e.getCause(), e.getCause());
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

    /** Where the cluster makes no topics by itself; with its defaults, and room for what the other topic takes. */
    private void make(String topic, String source) {
        if (made.contains(topic)) {
            return;
        }
        try (Admin admin = clients.admin()) {
            NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty()).configs(room(admin, source));
            admin.createTopics(List.of(wanted)).all().get();
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

    private static Map<String, String> room(Admin admin, String source) throws InterruptedException {
        ConfigResource asked = new ConfigResource(ConfigResource.Type.TOPIC, source);
        try {
            Config found = admin.describeConfigs(List.of(asked)).all().get().get(asked);
            ConfigEntry most = found == null ? null : found.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            return most == null || most.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                    ? Map.of()
                    : Map.of(most.name(), Long.toString(Math.min(LARGEST, Long.parseLong(most.value()) + FOR_HEADERS)));
        } catch (ExecutionException e) {
            // We may not ask: then what is too large is left out.
            LOG.debug("{} doesn't say how much it takes", source, e);
            return Map.of();
        }
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
