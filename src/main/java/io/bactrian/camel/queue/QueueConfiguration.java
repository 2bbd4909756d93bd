package io.bactrian.camel.queue;

import jakarta.jms.Session;
import org.apache.camel.component.jms.JmsConfiguration;
import org.apache.camel.component.jms.JmsEndpoint;
import org.springframework.jms.core.JmsOperations;
import org.springframework.jms.core.JmsTemplate;

/**
 * Camel's options, with senders of their own kind.
 *
 * <p>Within a route from a queue a send still belongs to the received message's transaction. Elsewhere it is stored when
 * it returns, without a transaction: that would cost a second round trip, and a change that the broker already had would
 * fail in it, rather than being passed over.
 */
public final class QueueConfiguration extends JmsConfiguration {
    @Override
    public JmsOperations createInOnlyTemplate(JmsEndpoint endpoint, boolean pubSubDomain, String destination) {
        JmsOperations operations = super.createInOnlyTemplate(endpoint, pubSubDomain, destination);
        if (operations instanceof JmsTemplate template) {
            template.setSessionTransacted(false);
            template.setSessionAcknowledgeMode(Session.AUTO_ACKNOWLEDGE);
        }
        return operations;
    }
}
