package io.bactrian.camel.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes text as UTF-8, and bytes as they are. Public for Kafka's client, which makes it. */
public final class TextOrBytes implements Serializer<Object> {
    @Override
    @SuppressWarnings("NullAway") // Kafka's interface isn't annotated: a null value is a tombstone.
    public byte[] serialize(String topic, @Nullable Object data) {
        if (data == null) {
            return null;
        }
        return data instanceof byte[] bytes ? bytes : data.toString().getBytes(StandardCharsets.UTF_8);
    }
}
