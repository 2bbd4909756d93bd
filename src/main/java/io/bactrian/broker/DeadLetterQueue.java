package io.bactrian.broker;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were given up on, in the broker's queue {@code DLQ}: of the embedded broker and of an external
 * Artemis alike, by its own protocol. Large bodies stay where they are. Thread-safe; each call asks the broker.
 */
public final class DeadLetterQueue {
    private static final long PATIENCE_MILLIS = 2_000;
    private static final Set<String> LEFT_OUT = Set.of(
            LetterHeaders.ORIGINAL_ADDRESS,
            LetterHeaders.ORIGINAL_QUEUE,
            LetterHeaders.REASON,
            LetterHeaders.DELIVERIES,
            LetterHeaders.DIED,
            LetterHeaders.MESSAGE_ID,
            "_AMQ_ORIG_MESSAGE_ID",
            "_AMQ_ORIG_ROUTING_TYPE",
            "_AMQ_ACTUAL_EXPIRY",
            // Else the broker would take it for the message that it had before, and drop it.
            "_AMQ_DUPL_ID",
            "_AMQ_LARGE_SIZE");

    private final Callable<ServerLocator> locators;
    private final @Nullable String username;
    private final @Nullable String password;

    DeadLetterQueue(Callable<ServerLocator> locators, @Nullable String username, @Nullable String password) {
        this.locators = locators;
        this.username = username;
        this.password = password;
    }

    /**
     * Newest first, at most {@code limit} with a number below {@code before}; with the beginnings of their bodies.
     *
     * @throws BrokerException where the broker can't be reached, or refuses
     */
    public List<MessageLetter> list(long before, int limit) {
        return inSession(session -> {
            Deque<MessageLetter> last = new ArrayDeque<>();
            browse(session, message -> {
                if (message.getMessageID() < before) {
                    last.addLast(MessageLetter.of(message, MessageLetter.PREVIEW));
                    if (last.size() > limit) {
                        last.removeFirst();
                    }
                }
                return false;
            });
            List<MessageLetter> letters = new ArrayList<>(last);
            Collections.reverse(letters);
            return letters;
        });
    }

    /** One, with its body as far as it can be shown. */
    public Optional<MessageLetter> find(long number) {
        return inSession(session -> browse(session, message -> message.getMessageID() == number)
                .map(message -> MessageLetter.of(message, MessageLetter.SHOWN)));
    }

    /**
     * Sends it back to the queue that it came from, as a new message: its deliveries are counted anew, and what it
     * caused before is done again. False where there is no such dead letter.
     *
     * @throws BrokerException where it doesn't say where it came from
     */
    public boolean retry(long number) {
        return take(number, DeadLetterQueue::sendBack);
    }

    /** Forgets it; false where there is no such dead letter. */
    public boolean discard(long number) {
        return take(number, (session, message) -> {});
    }

    private interface Work<T> {
        T with(ClientSession session) throws ActiveMQException, IOException;
    }

    private interface Step {
        void with(ClientSession session, ClientMessage message) throws ActiveMQException, IOException;
    }

    private boolean take(long number, Step step) {
        return inSession(session -> {
            Optional<ClientMessage> seen = browse(session, message -> message.getMessageID() == number);
            if (seen.isEmpty()) {
                return false;
            }
            // All that it may be mistaken for has the same time.
            String filter = "AMQTimestamp = " + seen.get().getTimestamp();
            session.start();
            try (ClientConsumer consumer = session.createConsumer(LetterHeaders.QUEUE, filter)) {
                ClientMessage message = consumer.receive(PATIENCE_MILLIS);
                while (message != null && message.getMessageID() != number) {
                    message = consumer.receive(PATIENCE_MILLIS);
                }
                if (message == null) {
                    return false;
                }
                step.with(session, message);
                message.individualAcknowledge();
                session.commit();
                return true;
            }
        });
    }

    private static Optional<ClientMessage> browse(ClientSession session, Predicate<ClientMessage> wanted)
            throws ActiveMQException {
        if (!session.queueQuery(SimpleString.of(LetterHeaders.QUEUE)).isExists()) {
            return Optional.empty();
        }
        session.start();
        try (ClientConsumer browser = session.createConsumer(LetterHeaders.QUEUE, null, true)) {
            ClientMessage message = browser.receiveImmediate();
            while (message != null) {
                if (wanted.test(message)) {
                    return Optional.of(message);
                }
                message = browser.receiveImmediate();
            }
            return Optional.empty();
        }
    }

    private static void sendBack(ClientSession session, ClientMessage letter) throws ActiveMQException, IOException {
        String address = letter.getStringProperty(LetterHeaders.ORIGINAL_ADDRESS);
        if (address == null) {
            throw new BrokerException(
                    "Dead letter queue-" + letter.getMessageID() + " doesn't say which queue it came from:"
                            + " it can only be discarded",
                    null);
        }
        String queue = letter.getStringProperty(LetterHeaders.ORIGINAL_QUEUE);
        boolean subscription = queue != null && !queue.equals(address);
        ClientMessage message = session.createMessage(letter.getType(), letter.isDurable());
        message.setPriority(letter.getPriority());
        message.setTimestamp(System.currentTimeMillis());
        message.setUserID(UUIDGenerator.getInstance().generateUUID());
        message.setRoutingType(subscription ? RoutingType.MULTICAST : RoutingType.ANYCAST);
        for (SimpleString name : letter.getPropertyNames()) {
            if (!LEFT_OUT.contains(name.toString())) {
                message.putObjectProperty(name, letter.getObjectProperty(name));
            }
        }
        try (ClientProducer producer = session.createProducer()) {
            send(producer, subscription ? address + "::" + queue : address, letter, message);
        }
    }

    private static void send(ClientProducer producer, String address, ClientMessage letter, ClientMessage message)
            throws ActiveMQException, IOException {
        if (!letter.isLargeMessage()) {
            ActiveMQBuffer body = letter.getBodyBuffer();
            byte[] bytes = new byte[body.readableBytes()];
            body.readBytes(bytes);
            message.getBodyBuffer().writeBytes(bytes);
            producer.send(address, message);
            return;
        }
        Path file = Files.createTempFile("bactrian-letter", null);
        try {
            try (OutputStream out = new FileOutputStream(file.toFile())) {
                letter.saveToOutputStream(out);
            }
            sendStreamed(producer, address, file.toFile(), message);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void sendStreamed(ClientProducer producer, String address, File body, ClientMessage message)
            throws ActiveMQException, IOException {
        try (InputStream in = new FileInputStream(body)) {
            message.setBodyInputStream(in);
            producer.send(address, (Message) message);
        }
    }

    private <T> T inSession(Work<T> work) {
        try (ServerLocator locator = locators.call();
                ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession(
                        username, password, false, false, false, false, locator.getAckBatchSize())) {
            return work.with(session);
        } catch (BrokerException e) {
            throw e;
        } catch (Exception e) {
            throw new BrokerException("The broker's dead letters can't be reached: " + e.getMessage(), e);
        }
    }
}
