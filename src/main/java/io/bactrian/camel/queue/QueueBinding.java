package io.bactrian.camel.queue;

import io.bactrian.broker.Broker;
import io.bactrian.camel.BactrianHeaders;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Row;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsBinding;
import org.apache.camel.component.jms.JmsConstants;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;

/** Camel's mapping, but rows and changes become JSON texts: a map message couldn't hold their values. */
final class QueueBinding extends JmsBinding {
    private final Broker broker;

    QueueBinding(JmsEndpoint endpoint, Broker broker) {
        super(endpoint);
        this.broker = broker;
    }

    /**
     * What names the message, so that it is applied once: the id by which its sender lets the broker drop a second one, which
     * the broker remembers for a while only; else its JMSMessageID; else the embedded broker's own number for it, since one
     * that came by another protocol may have none.
     */
    @Override
    public Map<String, Object> extractHeadersFromJms(Message message, Exchange exchange) {
        Map<String, Object> headers = super.extractHeadersFromJms(message, exchange);
        if (given(message) instanceof String given) {
            headers.put(BactrianHeaders.MESSAGE_ID, given);
            return headers;
        }
        if (headers.get(JmsConstants.JMS_HEADER_MESSAGE_ID) == null && message instanceof ActiveMQMessage known) {
            broker.name()
                    .ifPresent(name -> headers.put(
                            BactrianHeaders.MESSAGE_ID,
                            name + "-" + known.getCoreMessage().getMessageID()));
        }
        return headers;
    }

    private static @Nullable Object given(Message message) {
        try {
            return message.getObjectProperty(ChangeProperties.DUPLICATE);
        } catch (JMSException e) {
            throw new IllegalArgumentException("Its id can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    protected Message createJmsMessage(
            Exchange exchange,
            @Nullable Object body,
            Map<String, Object> headers,
            Session session,
            CamelContext context)
            throws JMSException {
        String json = json(body);
        return json == null
                ? super.createJmsMessage(exchange, body, headers, session, context)
                : session.createTextMessage(json);
    }

    private static @Nullable String json(@Nullable Object body) {
        if (body instanceof Row row) {
            return row.json();
        }
        if (body instanceof Change change) {
            return ChangeJson.cloudEvent(change);
        }
        if (body instanceof Collection<?> elements
                && !elements.isEmpty()
                && elements.stream().allMatch(each -> each instanceof Change || each instanceof Row)) {
            return elements.stream().map(QueueBinding::json).collect(Collectors.joining(",", "[", "]"));
        }
        return null;
    }
}
