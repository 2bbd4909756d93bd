package io.bactrian.broker;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.LargeServerMessage;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;

/**
 * Takes a message that is too large to the dead letters before anyone receives it: a client reads a text whole, several
 * times over, into its memory, and one such message would end the platform again and again.
 */
final class MessageSizeLimit implements ActiveMQServerMessagePlugin {
    private final ActiveMQServer server;
    private final long limit;

    MessageSizeLimit(ActiveMQServer server, long limit) {
        this.server = server;
        this.limit = limit;
    }

    @Override
    public void beforeMessageRoute(Message message, RoutingContext context, boolean direct, boolean rejectDuplicates)
            throws ActiveMQException {
        if (context.getQueueCount() == 0) {
            return;
        }
        SimpleString address = context.getAddress(message);
        if (LetterHeaders.isForLetters(String.valueOf(address))) {
            return;
        }
        try {
            long size = size(message);
            if (size > limit) {
                divert(message, context, String.valueOf(address), size);
            }
        } catch (ActiveMQException e) {
            throw e;
        } catch (Exception e) {
            throw new ActiveMQException("A message of more than " + limit + " bytes couldn't be put into "
                    + LetterHeaders.QUEUE + ": " + e.getMessage());
        }
    }

    private static long size(Message message) throws Exception {
        return message instanceof LargeServerMessage large
                ? large.getLargeBody().getBodySize()
                : message.getEncodeSize();
    }

    private void divert(Message message, RoutingContext context, String address, long size) throws Exception {
        Binding letters = server.getPostOffice().getBinding(SimpleString.of(LetterHeaders.QUEUE));
        if (letters == null) {
            return;
        }
        message.putStringProperty(LetterHeaders.ORIGINAL_ADDRESS, address);
        message.putStringProperty(LetterHeaders.ORIGINAL_QUEUE, address);
        message.putStringProperty(LetterHeaders.REASON, Broker.tooLarge(size, limit));
        message.putLongProperty(LetterHeaders.DIED, System.currentTimeMillis());
        message.setRoutingType(null);
        message.reencode();
        context.clear();
        context.setReusable(false);
        letters.route(message, context);
    }
}
