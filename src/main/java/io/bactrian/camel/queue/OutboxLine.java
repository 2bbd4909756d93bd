package io.bactrian.camel.queue;

import io.bactrian.camel.Continuation;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;

/** One connection on which messages are sent one after another, and acknowledged whenever they are stored. */
final class OutboxLine implements AutoCloseable {
    private static final int PRIORITY = 4;

    /** What is open; made anew after a failure. */
    private record Open(
            Connection connection, Session session, MessageProducer producer, Map<String, Destination> destinations) {}

    /** Set on the threads that bring acknowledgements: one that waits for the line would wait for itself. */
    private static final ThreadLocal<Boolean> BRINGS = ThreadLocal.withInitial(() -> false);

    private final ConnectionFactory connections;
    private final Executor own;
    private final Set<Sending> underWay = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private @Nullable Open open;

    OutboxLine(ConnectionFactory connections, Executor own) {
        this.connections = connections;
        this.own = own;
    }

    void send(Exchange exchange, JmsEndpoint endpoint, Continuation continuation, AsyncCallback callback) {
        Sending sending = new Sending(exchange, continuation, callback);
        if (BRINGS.get()) {
            own.execute(() -> send(sending, endpoint));
        } else {
            send(sending, endpoint);
        }
    }

    private void send(Sending sending, JmsEndpoint endpoint) {
        underWay.add(sending);
        try {
            synchronized (lock) {
                Open line = opened();
                Message message = message(sending, endpoint, line);
                line.producer()
                        .send(destination(line, endpoint), message, DeliveryMode.PERSISTENT, PRIORITY, 0, sending);
            }
        } catch (UnfitException e) {
            sending.end(e.getCause());
        } catch (InvalidDestinationException | JMSSecurityException e) {
            sending.end(e);
        } catch (JMSException | RuntimeException e) {
            drop(e);
            sending.end(e);
        }
    }

    /** What can't become a message is its own exchange's failure, and not the connection's. */
    private static final class UnfitException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnfitException(Exception cause) {
            super(cause);
        }
    }

    private static Message message(Sending sending, JmsEndpoint endpoint, Open line) {
        try {
            return endpoint.getBinding().makeJmsMessage(sending.exchange, line.session());
        } catch (JMSException | RuntimeException e) {
            throw new UnfitException(e);
        }
    }

    private static Destination destination(Open line, JmsEndpoint endpoint) throws JMSException {
        String name = endpoint.getDestinationName();
        Destination known = line.destinations().get(endpoint.getEndpointUri());
        if (known == null) {
            known = endpoint.isPubSubDomain()
                    ? line.session().createTopic(name)
                    : line.session().createQueue(name);
            line.destinations().put(endpoint.getEndpointUri(), known);
        }
        return known;
    }

    private Open opened() throws JMSException {
        Open line = open;
        if (line == null) {
            Connection connection = connections.createConnection();
            try {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                connection.setExceptionListener(this::drop);
                line = new Open(connection, session, session.createProducer(null), new HashMap<>());
                open = line;
            } catch (JMSException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }
        return line;
    }

    /** What failed on it is told; the next send makes a new connection. */
    private void drop(Exception cause) {
        Open line;
        synchronized (lock) {
            line = open;
            open = null;
        }
        if (line != null) {
            try {
                line.connection().close();
            } catch (JMSException e) {
                cause.addSuppressed(e);
            }
        }
        // Their exchanges are tried again; a message that was stored all the same is then dropped as a duplicate.
        underWay.forEach(each -> each.end(cause));
    }

    @Override
    public void close() {
        drop(new IllegalStateException("The platform stops"));
    }

    /** One message until it is stored or failed, whichever is told first. */
    private final class Sending implements CompletionListener {
        private final Exchange exchange;
        private final Continuation continuation;
        private final AsyncCallback callback;
        private final AtomicBoolean ended = new AtomicBoolean();

        Sending(Exchange exchange, Continuation continuation, AsyncCallback callback) {
            this.exchange = exchange;
            this.continuation = continuation;
            this.callback = callback;
        }

        @Override
        public void onCompletion(Message message) {
            brought(null);
        }

        @Override
        public void onException(Message message, Exception cause) {
            brought(cause);
        }

        private void brought(@Nullable Exception cause) {
            BRINGS.set(true);
            try {
                end(cause);
            } finally {
                BRINGS.set(false);
            }
        }

        void end(@Nullable Throwable cause) {
            if (ended.compareAndSet(false, true)) {
                underWay.remove(this);
                if (cause != null) {
                    exchange.setException(cause);
                }
                continuation.run(() -> callback.done(false));
            }
        }
    }
}
