package io.bactrian.camel.queue;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.RouteSteps;
import io.bactrian.change.Change;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.jms.MessageCreatedStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of the change that it carries, where the route didn't say it itself: the key as group, so that
 * several receivers keep the order of a key; an id by which the broker drops a message that it had before; and the
 * change's id, table and operation.
 */
final class ChangeProperties implements MessageCreatedStrategy {
    static final String GROUP = "JMSXGroupID";
    static final String DUPLICATE = "_AMQ_DUPL_ID";

    private static final String ID = "bactrian_id";
    private static final String DATABASE = "bactrian_database";
    private static final String TABLE = "bactrian_table";
    private static final String OPERATION = "bactrian_operation";
    private static final String TIME = "bactrian_time";

    private final RouteSteps steps = new RouteSteps();

    @Override
    public void onMessageCreated(Message message, Session session, Exchange exchange, @Nullable Throwable cause) {
        TransactedSends.note();
        Change change = exchange.getProperty(BactrianProperties.CHANGE, Change.class);
        if (change == null) {
            return;
        }
        try {
            String id = change.id().toString();
            if (!message.propertyExists(GROUP) && !"{}".equals(change.keyJson())) {
                message.setStringProperty(GROUP, change.table() + change.keyJson());
            }
            if (!message.propertyExists(DUPLICATE)) {
                message.setStringProperty(DUPLICATE, duplicateId(exchange, id));
            }
            message.setStringProperty(ID, id);
            message.setStringProperty(DATABASE, change.database());
            message.setStringProperty(TABLE, change.table());
            message.setStringProperty(OPERATION, change.operation().word());
            message.setStringProperty(TIME, change.time().toString());
        } catch (JMSException e) {
            throw new IllegalStateException("The change's properties can't be set: " + e.getMessage(), e);
        }
    }

    /**
     * The same at each try, and another for each message that one change makes: by route and step, by part of a split and
     * turn of a loop, and by generation, since what an operator replays is to be sent again.
     */
    private String duplicateId(Exchange exchange, String change) {
        StringBuilder id = new StringBuilder(change)
                .append(' ')
                .append(exchange.getFromRouteId())
                .append(' ')
                .append(steps.of(exchange).name());
        append(id, " split ", exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX));
        append(id, " loop ", exchange.getProperty(ExchangePropertyKey.LOOP_INDEX));
        append(id, " generation ", exchange.getProperty(BactrianProperties.GENERATION));
        return id.toString();
    }

    private static void append(StringBuilder id, String label, @Nullable Object value) {
        if (value != null) {
            id.append(label).append(value);
        }
    }
}
