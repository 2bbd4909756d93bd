package io.bactrian.camel.queue;

import io.bactrian.broker.Broker;
import io.bactrian.camel.Rooms;
import io.bactrian.camel.queue.Verdict.Kind;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Optional;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;

/**
 * Receives for one endpoint. A message is committed when its route is done, which is after what the route wrote is
 * committed (invariant 8): it may come twice, never get lost.
 *
 * <p>A message that can never succeed, and one that failed as often as is allowed, becomes a dead letter with the reason,
 * in the same transaction. Others go back to the broker, which delivers them later again. While a database is gone nothing
 * is received: the messages wait in their queue without being counted as failed.
 */
final class QueueContainer extends DefaultJmsMessageListenerContainer {
    private final int maxDeliveries;
    private final long maxMessageSize;
    private final QueueFailures failures;
    private final DatabaseWait wait;

    QueueContainer(JmsEndpoint endpoint, int maxDeliveries, long maxMessageSize) {
        super(endpoint);
        this.maxDeliveries = maxDeliveries;
        this.maxMessageSize = maxMessageSize;
        this.failures = new QueueFailures(endpoint.getEndpointUri());
        this.wait = new DatabaseWait(Rooms.of(endpoint.getCamelContext()).databases(), endpoint.getEndpointUri());
    }

    @Override
    protected void doExecuteListener(Session session, Message message) throws JMSException {
        // What isn't transacted is done with when it is received: nothing can be given back.
        if (!isSessionTransacted() || !isRunning()) {
            super.doExecuteListener(session, message);
            return;
        }
        Optional<String> unfit = failures.verdict(message.getJMSMessageID()).or(() -> unfit(message));
        if (unfit.isPresent()) {
            bury(session, message, unfit.get());
            return;
        }
        TransactedSends.begin();
        try {
            invokeListener(session, message);
        } catch (RuntimeException e) {
            failed(session, message, Verdict.of(e));
            return;
        } catch (JMSException | Error e) {
            rollbackOnExceptionIfNecessary(session, e);
            throw e;
        }
        commitIfNecessary(session, message);
        failures.passed();
    }

    private void failed(Session session, Message message, Verdict verdict) throws JMSException {
        String id = message.getJMSMessageID();
        boolean over =
                verdict.kind() == Kind.HOPELESS || verdict.kind() == Kind.AGAIN && deliveries(message) >= maxDeliveries;
        if (over && !TransactedSends.any()) {
            bury(session, message, verdict.reason());
            return;
        }
        if (over) {
            // What the route sent must go with the failed try; the message is buried when it comes again.
            failures.condemn(id, verdict.reason());
        }
        session.rollback();
        if (verdict.kind() == Kind.WAIT) {
            wait.untilReachable(verdict.reason(), this::isRunning);
        } else if (!over) {
            failures.failed(id, verdict.reason());
        }
    }

    private void bury(Session session, Message message, String reason) throws JMSException {
        try {
            DeadLetterMove.move(session, message, reason, deliveries(message));
        } catch (JMSException | RuntimeException e) {
            rollbackOnExceptionIfNecessary(session, e);
            throw e;
        }
        commitIfNecessary(session, message);
        failures.buried(message.getJMSMessageID(), reason);
    }

    private Optional<String> unfit(Message message) {
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
