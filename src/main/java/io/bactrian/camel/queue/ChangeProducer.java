package io.bactrian.camel.queue;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.Continuation;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.jms.JmsConstants;
import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.JmsProducer;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Camel's sender, which holds a thread until the broker answers, for all but changes: these go by the {@link Outbox},
 * which holds none, so that as many can be under way as there are lanes.
 */
final class ChangeProducer extends JmsProducer {
    private final Outbox outbox;
    private final Continuation continuation;

    ChangeProducer(JmsEndpoint endpoint, Outbox outbox, Executor own) {
        super(endpoint);
        this.outbox = outbox;
        this.continuation = new Continuation(own);
    }

    @Override
    protected boolean processInOnly(Exchange exchange, AsyncCallback callback) {
        if (!isPlainChange(exchange)) {
            return super.processInOnly(exchange, callback);
        }
        outbox.send(exchange, getEndpoint(), continuation, callback);
        return false;
    }

    /** Whether nothing asks for more than a durable message to this endpoint's own destination. */
    private boolean isPlainChange(Exchange exchange) {
        if (exchange.getProperty(BactrianProperties.CHANGE) == null) {
            return false;
        }
        JmsEndpoint endpoint = getEndpoint();
        Message message = exchange.getIn();
        return !TransactionSynchronizationManager.hasResource(
                        endpoint.getConfiguration().getOrCreateConnectionFactory())
                && !Boolean.TRUE.equals(endpoint.getConfiguration().getExplicitQosEnabled())
                && endpoint.getConfiguration().isDeliveryPersistent()
                && endpoint.getReplyTo() == null
                && message.getHeader(JmsConstants.JMS_DESTINATION_NAME) == null
                && message.getHeader(JmsConstants.JMS_DESTINATION) == null
                && message.getHeader("JMSReplyTo") == null;
    }
}
