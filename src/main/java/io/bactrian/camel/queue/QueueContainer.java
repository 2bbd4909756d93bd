package io.bactrian.camel.queue;

import io.bactrian.broker.Broker;
import io.bactrian.camel.JoinedRoutes;
import io.bactrian.camel.Rooms;
import io.bactrian.camel.queue.Verdict.Kind;
import io.bactrian.database.Database;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Receives for one endpoint. A message is committed when its route is done, which is after what the route wrote is
 * committed (invariant 8): it may come twice, never get lost.
 *
 * <p>A message that can never succeed, and one that failed as often as is allowed, becomes a dead letter with the reason,
 * in the same transaction. Others go back to the broker, which delivers them later again. While a database is gone nothing
 * is received: the messages wait in their queue without being counted as failed.
 *
 * <p>Messages that wait are carried out several at once where nobody sees a difference ({@link JoinedRoutes}).
 */
final class QueueContainer extends DefaultJmsMessageListenerContainer {
    /** With fewer deliveries than these a neighbour's failure could be a message's last. */
    private static final int LEAST_FOR_BATCHES = 3;
    /** What came after a longer wait came alone. */
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final JmsEndpoint endpoint;
    private final int maxDeliveries;
    private final long maxMessageSize;
    private final QueueFailures failures;
    private final DatabaseWait wait;
    private final QueueBatches batches;
    private final ThreadLocal<@Nullable MessageConsumer> more = new ThreadLocal<>();
    private volatile @Nullable Optional<Database> joined;

    QueueContainer(JmsEndpoint endpoint, int maxDeliveries, long maxMessageSize) {
        super(endpoint);
        this.endpoint = endpoint;
        this.maxDeliveries = maxDeliveries;
        this.maxMessageSize = maxMessageSize;
        this.failures = new QueueFailures(endpoint.getEndpointUri());
        this.wait = new DatabaseWait(Rooms.of(endpoint.getCamelContext()).databases(), endpoint.getEndpointUri());
        this.batches = new QueueBatches(this, failures);
    }

    /** Remembers whether more may be there: then they are asked for, while a message that comes alone never waits. */
    @Override
    protected @Nullable Message receiveMessage(MessageConsumer consumer) throws JMSException {
        long asked = System.nanoTime();
        Message message = super.receiveMessage(consumer);
        more.set(message != null && System.nanoTime() - asked < AT_ONCE_NANOS ? consumer : null);
        return message;
    }

    @Override
    protected void doExecuteListener(Session session, Message message) throws JMSException {
        // What isn't transacted is done with when it is received: nothing can be given back.
        if (!isSessionTransacted() || !isRunning()) {
            super.doExecuteListener(session, message);
            return;
        }
        MessageConsumer consumer = more.get();
        Database database = consumer == null ? null : joined();
        if (consumer == null || database == null) {
            one(session, message);
            return;
        }
        List<Message> messages = batches.gather(message, consumer, database);
        if (messages.size() == 1) {
            one(session, message);
            return;
        }
        try {
            batches.carryOut(session, messages, database);
        } catch (JMSException | RuntimeException | Error e) {
            rollbackOnExceptionIfNecessary(session, e);
            throw e;
        }
    }

    /** The database in whose transactions messages may go together; null where they go one by one. */
    private @Nullable Database joined() {
        Optional<Database> known = joined;
        if (known == null) {
            known = maxDeliveries < LEAST_FOR_BATCHES ? Optional.empty() : JoinedRoutes.from(endpoint);
            joined = known;
        }
        return known.orElse(null);
    }

    private void one(Session session, Message message) throws JMSException {
        Optional<String> unfit = unfit(message);
        if (unfit.isPresent()) {
            bury(session, message, unfit.get());
            return;
        }
        TransactedSends.begin();
        try {
            handle(session, message);
        } catch (RuntimeException e) {
            failed(session, message, Verdict.of(e));
            return;
        } catch (JMSException | Error e) {
            rollbackOnExceptionIfNecessary(session, e);
            throw e;
        }
        commit(session, message);
        failures.passed();
    }

    private void failed(Session session, Message message, Verdict verdict) throws JMSException {
        boolean over = isOver(message, verdict);
        if (over && !TransactedSends.any()) {
            bury(session, message, verdict.reason());
            return;
        }
        if (over) {
            // What the route sent must go with the failed try; the message is buried when it comes again.
            failures.condemn(message.getJMSMessageID(), verdict.reason());
        }
        session.rollback();
        gaveBack(verdict, message);
    }

    private void bury(Session session, Message message, String reason) throws JMSException {
        try {
            move(session, message, reason);
        } catch (JMSException | RuntimeException e) {
            rollbackOnExceptionIfNecessary(session, e);
            throw e;
        }
        commit(session, message);
        failures.buried(message.getJMSMessageID(), reason);
    }

    /** Has its route work on a message. */
    void handle(Session session, Message message) throws JMSException {
        invokeListener(session, message);
    }

    boolean isOver(Message message, Verdict verdict) throws JMSException {
        return verdict.kind() == Kind.HOPELESS || verdict.kind() == Kind.AGAIN && deliveries(message) >= maxDeliveries;
    }

    /** After the session's rollback: tells of it, and waits where a database is gone. */
    void gaveBack(Verdict verdict, Message message) throws JMSException {
        if (verdict.kind() == Kind.WAIT) {
            wait.untilReachable(verdict.reason(), this::isRunning);
        } else if (!isOver(message, verdict)) {
            failures.failed(message.getJMSMessageID(), verdict.reason());
        }
    }

    void move(Session session, Message message, String reason) throws JMSException {
        DeadLetterMove.move(session, message, reason, deliveries(message));
    }

    void commit(Session session, Message message) throws JMSException {
        commitIfNecessary(session, message);
    }

    /** Why a message isn't given to its route at all. */
    Optional<String> unfit(Message message) throws JMSException {
        return failures.verdict(message.getJMSMessageID()).or(() -> refusal(message));
    }

    private Optional<String> refusal(Message message) {
        try {
            if (message instanceof ObjectMessage) {
                return Optional.of("It is an ObjectMessage, whose classes are never made here: send text or bytes");
            }
            long size = 0;
            if (message instanceof TextMessage text && text.getText() != null) {
                // So the broker counts too: two bytes a character.
                size = 2L * text.getText().length();
            } else if (message instanceof BytesMessage bytes) {
                size = bytes.getBodyLength();
            }
            return size <= maxMessageSize ? Optional.empty() : Optional.of(Broker.tooLarge(size, maxMessageSize));
        } catch (JMSException e) {
            return Optional.of("It can't be read: " + e.getMessage());
        }
    }

    private static int deliveries(Message message) throws JMSException {
        return message.propertyExists("JMSXDeliveryCount") ? message.getIntProperty("JMSXDeliveryCount") : 1;
    }
}
