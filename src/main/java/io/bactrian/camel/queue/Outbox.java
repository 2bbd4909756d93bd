package io.bactrian.camel.queue;

import io.bactrian.camel.Continuation;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsEndpoint;

/**
 * Sends without waiting: an exchange is done when the broker has stored its message. Those that are under way at the
 * same time share the broker's sync to disk. Thread-safe.
 */
final class Outbox implements AutoCloseable {
    private static final int LINES = 2;

    private final OutboxLine[] lines = new OutboxLine[LINES];
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param connections makes a {@link Connection} of its own at each call
     * @param own for sends by threads that bring acknowledgements
     */
    Outbox(ConnectionFactory connections, Executor own) {
        for (int i = 0; i < LINES; i++) {
            lines[i] = new OutboxLine(connections, own);
        }
    }

    /** Never throws: a failure is the exchange's. */
    void send(Exchange exchange, JmsEndpoint endpoint, Continuation continuation, AsyncCallback callback) {
        lines[Math.floorMod(next.getAndIncrement(), LINES)].send(exchange, endpoint, continuation, callback);
    }

    @Override
    public void close() {
        for (OutboxLine line : lines) {
            line.close();
        }
    }
}
