package io.bactrian;

import io.bactrian.broker.Broker;
import io.bactrian.camel.kafka.PlatformKafka;
import io.bactrian.camel.queue.QueueComponent;
import java.util.Map;
import org.apache.camel.Component;
import org.jspecify.annotations.Nullable;

/** Camel's components that the platform sets up in its own way. */
final class PlatformComponents {
    private PlatformComponents() {}

    /** By scheme. */
    static Map<String, Component> of(PlatformSettings settings, @Nullable Broker broker) {
        return Map.of("kafka", new PlatformKafka(settings.kafka()), "jms", new QueueComponent(broker));
    }
}
