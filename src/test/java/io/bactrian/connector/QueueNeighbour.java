package io.bactrian.connector;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** Another program that sends to, and receives from, a broker: by the network, with a user of its own. */
final class QueueNeighbour implements AutoCloseable {
    static final String USER = "shop";
    static final String PASSWORD = "shop-password";

    static final List<String> LINES_OF_A_DATABASE_OUTAGE = List.of(
            "nothing is received until the database is back", "orders.in?concurrentConsumers=4: the database is back");

    private final ActiveMQConnectionFactory factory;
    private @Nullable Connection connection;
    private @Nullable Session sending;

    QueueNeighbour(int port) {
        factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=5000", USER, PASSWORD);
    }

    /** Sends a text that the broker has stored when this returns. */
    synchronized void send(String queue, String id, String text) throws JMSException {
        send(queue, id, session -> session.createTextMessage(text));
    }

    /** Sends 20 MB twice, as bytes and as a text. */
    synchronized void sendLarge(String queue) throws JMSException {
        byte[] large = new byte[20 << 20];
        Arrays.fill(large, (byte) 'x');
        send(queue, "large-" + UUID.randomUUID(), session -> {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(large);
            return message;
        });
        send(queue, "large-" + UUID.randomUUID(), new String(large, StandardCharsets.US_ASCII));
    }

    private interface Making {
        jakarta.jms.Message in(Session session) throws JMSException;
    }

    private void send(String queue, String id, Making making) throws JMSException {
        try {
            Session session = session();
            try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                producer.setDeliveryMode(DeliveryMode.PERSISTENT);
                jakarta.jms.Message message = making.in(session);
                message.setStringProperty("_AMQ_DUPL_ID", id);
                producer.send(message);
            }
        } catch (JMSException e) {
            close();
            throw e;
        }
    }

    /** Hands on each text that arrives, with its change's id, until the connection ends. */
    synchronized void listen(String queue, BiConsumer<String, String> arrival) throws JMSException {
        Connection own = factory.createConnection();
        try {
            Session session = own.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            session.createConsumer(session.createQueue(queue)).setMessageListener(message -> {
                try {
                    arrival.accept(message.getStringProperty("bactrian_id"), ((TextMessage) message).getText());
                    message.acknowledge();
                } catch (JMSException e) {
                    // The connection went: what wasn't acknowledged comes again.
                }
            });
            own.start();
        } catch (JMSException e) {
            // Left open, it would be a receiver that keys are given to and that never takes them.
            own.close();
            throw e;
        }
    }

    private Session session() throws JMSException {
        Session open = sending;
        if (open == null) {
            connection = factory.createConnection();
            connection.start();
            open = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            sending = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        sending = null;
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (JMSException e) {
                // It is gone already.
            }
        }
    }
}
