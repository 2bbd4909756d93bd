package io.bactrian.camel.kafka;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * What a route gets of a record's bytes: text, unless the endpoint names deserializers. It is read here and not by the
 * client, where a record that can't be read would hold up its partition for ever.
 */
final class RecordValues {
    private final @Nullable Deserializer<?> keys;
    private final @Nullable Deserializer<?> values;

    RecordValues(CamelContext context, KafkaConfiguration options) throws ClassNotFoundException {
        Properties properties = options.createConsumerProperties();
        this.keys = made(context, options.getKeyDeserializer(), properties, true);
        this.values = made(context, options.getValueDeserializer(), properties, false);
    }

    /** Null for text. */
    private static @Nullable Deserializer<?> made(
            CamelContext context, String name, Properties properties, boolean ofKeys) throws ClassNotFoundException {
        if (KafkaConstants.KAFKA_DEFAULT_DESERIALIZER.equals(name)) {
            return null;
        }
        Deserializer<?> deserializer = context.getInjector()
                .newInstance(context.getClassResolver().resolveMandatoryClass(name, Deserializer.class));
        Map<String, Object> configuration = new HashMap<>();
        properties.forEach((key, value) -> configuration.put(key.toString(), value));
        deserializer.configure(configuration, ofKeys);
        return deserializer;
    }

    @Nullable
    Object key(ConsumerRecord<byte[], byte[]> record) {
        return read(keys, record, record.key());
    }

    @Nullable
    Object value(ConsumerRecord<byte[], byte[]> record) {
        return read(values, record, record.value());
    }

    private static @Nullable Object read(
            @Nullable Deserializer<?> deserializer, ConsumerRecord<byte[], byte[]> record, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        return deserializer == null
                ? new String(bytes, StandardCharsets.UTF_8)
                : deserializer.deserialize(record.topic(), record.headers(), bytes);
    }
}
