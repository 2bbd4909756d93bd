package io.bactrian.camel.kafka;

import java.util.List;

/**
 * Where Kafka is.
 *
 * @param brokers some of the cluster's brokers as {@code host:port}; empty for none
 * @throws IllegalArgumentException naming the key, the value and what is allowed
 */
public record KafkaSettings(List<String> brokers) {
    static final String KEY = "bactrian.kafka.brokers";

    public KafkaSettings {
        brokers = List.copyOf(brokers);
        for (String broker : brokers) {
            if (!broker.matches("(?:[A-Za-z0-9+_]+://)?.+:\\d{1,5}")) {
                throw new IllegalArgumentException("Key '" + KEY + "' holds '" + broker
                        + "': use host:port, several separated by commas, such as kafka1:9092,kafka2:9092");
            }
        }
    }
}
