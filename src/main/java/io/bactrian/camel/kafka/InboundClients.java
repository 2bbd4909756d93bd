package io.bactrian.camel.kafka;

import java.util.Properties;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's clients that receiving from an endpoint takes: for records, for dead letters, for questions. Thread-safe. */
final class InboundClients {
    private static final int LOOK_MILLIS = 5_000;
    private static final int LARGEST_DEAD_LETTER = 64 << 20;

    private final TopicEndpoint endpoint;
    private final String group;

    InboundClients(TopicEndpoint endpoint, String group) {
        this.endpoint = endpoint;
        this.group = group;
    }

    /** Gives bytes, whatever they are to become: what can't be read must still be kept as it came. */
    @SuppressWarnings("unchecked") // The factory's interface is raw.
    Consumer<byte[], byte[]> consumer() {
        KafkaConfiguration options = endpoint.getConfiguration();
        Properties properties = options.createConsumerProperties();
        endpoint.updateClassProperties(properties);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        if (options.getGroupInstanceId() != null) {
            properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, options.getGroupInstanceId());
        }
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
        return withOwnLoader(() -> endpoint.getKafkaClientFactory().getConsumer(properties));
    }

    @SuppressWarnings("unchecked") // The factory's interface is raw.
    Producer<byte[], byte[]> deadLetterProducer() {
        Properties properties = endpoint.getConfiguration().createProducerProperties();
        endpoint.updateClassProperties(properties);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) LARGEST_DEAD_LETTER);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_DEAD_LETTER);
        properties.remove(ProducerConfig.CLIENT_ID_CONFIG);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
        return withOwnLoader(() -> endpoint.getKafkaClientFactory().getProducer(properties));
    }

    /** To ask, and to close at once: it keeps a connection. */
    Admin admin() {
        Properties properties = endpoint.getConfiguration().createConsumerProperties();
        endpoint.updateClassProperties(properties);
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LOOK_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LOOK_MILLIS);
        return withOwnLoader(() -> Admin.create(properties));
    }

    String brokers() {
        return endpoint.getKafkaClientFactory().getBrokers(endpoint.getConfiguration());
    }

    interface Making<T> {
        T make();
    }

    /** Kafka loads what authenticates by the thread's class loader. */
    static <T> T withOwnLoader(Making<T> making) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Admin.class.getClassLoader());
        try {
            return making.make();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
