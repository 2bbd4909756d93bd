package io.bactrian.camel.kafka;

import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Makes Kafka's clients; those that send text by default take bytes as well, as they are. */
final class Clients extends DefaultKafkaClientFactory {
    @Override
    @SuppressWarnings("rawtypes") // As Camel's interface has it.
    public Producer getProducer(Properties properties) {
        Object serializer = properties.get(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        String name = serializer instanceof Class<?> type ? type.getName() : String.valueOf(serializer);
        if (KafkaConstants.KAFKA_DEFAULT_SERIALIZER.equals(name)) {
            properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, TextOrBytes.class);
        }
        return super.getProducer(properties);
    }
}
