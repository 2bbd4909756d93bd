package io.bactrian.camel.kafka;

import java.util.List;
import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Makes Kafka's clients; those that send text by default take bytes as well, as they are. */
final class Clients extends DefaultKafkaClientFactory {
    private static final List<String> SERIALIZERS =
            List.of(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

    @Override
    @SuppressWarnings("rawtypes") // As Camel's interface has it.
    public Producer getProducer(Properties properties) {
        for (String key : SERIALIZERS) {
            Object serializer = properties.get(key);
            String name = serializer instanceof Class<?> type ? type.getName() : String.valueOf(serializer);
            if (KafkaConstants.KAFKA_DEFAULT_SERIALIZER.equals(name)) {
                properties.put(key, TextOrBytes.class);
            }
        }
        return super.getProducer(properties);
    }
}
