package io.bactrian.camel.queue;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Row;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsBinding;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;

/** Camel's mapping, but rows and changes become JSON texts: a map message couldn't hold their values. */
final class QueueBinding extends JmsBinding {
    QueueBinding(JmsEndpoint endpoint) {
        super(endpoint);
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
