package io.bactrian.broker;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes connections and says, by one line each, when the broker can't be reached and when it is back: everyone who
 * uses it keeps trying. Thread-safe.
 */
final class WatchedConnections implements ConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedConnections.class);

    /** Makes one connection. */
    interface Opening {
        Connection open() throws JMSException;
    }

    private final String broker;
    private final Opening opening;
    private final Clock clock;
    private final AtomicReference<@Nullable Instant> gone = new AtomicReference<>();
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

    WatchedConnections(String broker, Opening opening, Clock clock) {
        this.broker = broker;
        this.opening = opening;
        this.clock = clock;
    }

    /** Why it can't be reached; null where it can, as far as known. */
    @Nullable
    String trouble() {
        return reason.get();
    }

    @Override
    public Connection createConnection() throws JMSException {
        try {
            Connection connection = opening.open();
            back();
            return connection;
        } catch (JMSException | RuntimeException e) {
            lost(e);
            throw e;
        }
    }

    private void lost(Exception cause) {
        reason.set(String.valueOf(cause.getMessage()));
        if (gone.compareAndSet(null, clock.instant())) {
            LOG.warn("The {} can't be reached, it is tried again by itself: {}", broker, cause.getMessage());
        }
    }

    private void back() {
        Instant since = gone.getAndSet(null);
        reason.set(null);
        if (since != null) {
            LOG.info(
                    "The {} is back after {} s",
                    broker,
                    Duration.between(since, clock.instant()).toSeconds());
        }
    }

    @Override
    public Connection createConnection(String userName, String password) throws JMSException {
        return createConnection();
    }

    @Override
    public JMSContext createContext() {
        throw notNeeded();
    }

    @Override
    public JMSContext createContext(String userName, String password) {
        throw notNeeded();
    }

    @Override
    public JMSContext createContext(String userName, String password, int sessionMode) {
        throw notNeeded();
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        throw notNeeded();
    }

    private static UnsupportedOperationException notNeeded() {
        return new UnsupportedOperationException("The pool above makes contexts from connections");
    }
}
