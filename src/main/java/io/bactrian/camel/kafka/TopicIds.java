package io.bactrian.camel.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What names a topic for ever (KIP-516), asked of the cluster once. Brokers too old to have ids: its name.
 * Thread-safe.
 */
final class TopicIds {
    private final InboundClients clients;
    private final Map<String, String> known = new ConcurrentHashMap<>();

    TopicIds(InboundClients clients) {
        this.clients = clients;
    }

    /**
     * @throws KafkaException where the cluster didn't answer
     */
    String of(String topic) {
        String id = known.get(topic);
        if (id == null) {
            id = asked(topic);
            known.put(topic, id);
        }
        return id;
    }

    /** Asked again at the next need: it may be another topic now. */
    void forget(String topic) {
        known.remove(topic);
    }

    private String asked(String topic) {
        try (Admin admin = clients.admin()) {
            TopicDescription description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            if (description == null || description.topicId().equals(Uuid.ZERO_UUID)) {
                return topic;
            }
            return description.topicId().toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while asking for the topic's id", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnsupportedVersionException) {
                return topic;
            }
            throw failed(topic, e.getCause() == null ? e : e.getCause());
        }
    }

    private static KafkaException failed(String topic, Throwable cause) {
        return new KafkaException("Can't ask for the id of topic " + topic + ": " + InboundFailure.text(cause), cause);
    }
}
