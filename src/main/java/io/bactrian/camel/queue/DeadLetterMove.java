package io.bactrian.camel.queue;

import io.bactrian.broker.LetterHeaders;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves a received message to the dead letters with the reason, in the transaction that it was received in: it is either
 * here or there. The body is passed on as it is, never read.
 */
final class DeadLetterMove {
    private static final int LONGEST_REASON = 4_000;

    private DeadLetterMove() {}

    static void move(Session session, Message message, String reason, int deliveries) throws JMSException {
        Map<String, Object> properties = properties(message);
        String from = name(message.getJMSDestination());
        properties.put(LetterHeaders.REASON, reason.substring(0, Math.min(LONGEST_REASON, reason.length())));
        properties.put(LetterHeaders.DELIVERIES, deliveries);
        properties.put(LetterHeaders.DIED, System.currentTimeMillis());
        if (from != null) {
            properties.put(LetterHeaders.ORIGINAL_ADDRESS, from);
            properties.put(LetterHeaders.ORIGINAL_QUEUE, from);
        }
        String id = message.getJMSMessageID();
        if (id != null) {
            properties.putIfAbsent(LetterHeaders.MESSAGE_ID, id);
        }
        int priority = message.getJMSPriority();
        message.clearProperties();
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        try (MessageProducer producer = session.createProducer(session.createQueue(LetterHeaders.QUEUE))) {
            producer.send(message, DeliveryMode.PERSISTENT, priority, 0);
        }
    }

    private static Map<String, Object> properties(Message message) throws JMSException {
        Map<String, Object> properties = new LinkedHashMap<>();
        Enumeration<?> names = message.getPropertyNames();
        for (Object name : Collections.list(names)) {
            String key = name.toString();
            Object value = message.getObjectProperty(key);
            boolean brokers = key.startsWith("JMSX") && !key.equals(ChangeProperties.GROUP);
            if (value != null && !brokers && !key.equals(ChangeProperties.DUPLICATE)) {
                properties.put(key, value);
            }
        }
        return properties;
    }

    private static @Nullable String name(@Nullable Destination destination) throws JMSException {
        if (destination instanceof Queue queue) {
            return queue.getQueueName();
        }
        return destination instanceof Topic topic ? topic.getTopicName() : null;
    }
}
