package io.bactrian.broker;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.JMSFactoryType;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/**
 * The broker and the way to it: connections are pooled and made anew by themselves when the broker was gone. Thread-safe.
 */
public final class Broker implements AutoCloseable {
    /** So many connections are shared by all senders and receivers. */
    private static final int CONNECTIONS = 4;

    private static final int SESSIONS = 500;
    private static final int CONFIRMATIONS = 1 << 20;
    /** A call that isn't answered in this time fails, rather than hanging with its exchange. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How many messages wait in a queue of the embedded broker. */
    public record QueueDepth(String queue, long messages, int consumers) {}

    /**
     * What a look at the broker saw.
     *
     * @param node the broker's own name for itself
     * @param deadLetters messages in its queue of dead letters
     */
    public record Sight(String node, long deadLetters) {}

    private final BrokerSettings settings;
    private final @Nullable EmbeddedBroker embedded;
    private final CompletableFuture<Void> started;
    private final ActiveMQConnectionFactory connections;
    private final WatchedConnections watched;
    private final JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Broker(BrokerSettings settings, Clock clock, boolean starts) {
        this.settings = settings;
        if (settings.isEmbedded()) {
            EmbeddedBroker broker = new EmbeddedBroker(settings);
            embedded = broker;
            connections = ActiveMQJMSClient.createConnectionFactoryWithoutHA(JMSFactoryType.CF, broker.connector());
            connections.setUser(BrokerUsers.PLATFORM);
            connections.setPassword(broker.platformPassword());
            started = starts
                    ? startApart(broker)
                    : CompletableFuture.failedFuture(new BrokerException("This broker is only for checks", null));
        } else {
            embedded = null;
            connections = new ActiveMQConnectionFactory(settings.url(), settings.username(), settings.password());
            started = CompletableFuture.completedFuture(null);
        }
        connections.setCallTimeout(PATIENCE.toMillis());
        connections.setCallFailoverTimeout(PATIENCE.toMillis());
        connections.setReconnectAttempts(0);
        connections.setInitialConnectAttempts(1);
        connections.setClientFailureCheckPeriod(PATIENCE.toMillis());
        connections.setConnectionTTL(3 * PATIENCE.toMillis());
        // Without it, sends that don't wait are never acknowledged.
        connections.setConfirmationWindowSize(CONFIRMATIONS);
        // Classes from outside are never made here: an ObjectMessage is a dead letter.
        connections.setDeserializationDenyList("*");
        watched = new WatchedConnections(description(), this::connect, clock);
        pool.setConnectionFactory(watched);
        pool.setMaxConnections(CONNECTIONS);
        pool.setMaxSessionsPerConnection(SESSIONS);
    }

    /** Begins to start an embedded broker, on a thread of its own; an external one isn't waited for. */
    public static Broker begin(BrokerSettings settings, Clock clock) {
        return new Broker(settings, clock, true);
    }

    /** For checks of routes: nothing is started or connected to. */
    public static Broker unconnected(BrokerSettings settings, Clock clock) {
        return new Broker(settings, clock, false);
    }

    private CompletableFuture<Void> startApart(EmbeddedBroker broker) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        broker.start(settings);
                        done.complete(null);
                    } catch (RuntimeException | Error e) {
                        done.completeExceptionally(e);
                    }
                },
                "broker-start");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /**
     * Waits until an embedded broker can be used; an external one is connected to when it is needed, and again and again.
     *
     * @throws BrokerException where it can't start, with the remedy
     */
    public void awaitStarted() {
        try {
            started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BrokerException failure
                    ? failure
                    : new BrokerException("The embedded broker doesn't start: " + e.getCause(), e.getCause());
        }
    }

    /** Pooled connections, of which one that failed is replaced. */
    public ConnectionFactory connections() {
        return pool;
    }

    /** Makes a connection at each call, which its user closes: for sends that are acknowledged later. */
    public ConnectionFactory ownConnections() {
        return watched;
    }

    /** The embedded broker's own name for itself, another one where its folder is a new one. */
    public Optional<String> name() {
        return Optional.ofNullable(embedded)
                .map(broker -> String.valueOf(broker.server().getNodeID()));
    }

    /** So often a message is delivered before it is a dead letter. */
    public int maxDeliveries() {
        return settings.redelivery().maxDeliveries();
    }

    /** Bytes; a larger message is a dead letter at once. */
    public long maxMessageSize() {
        return settings.redelivery().maxMessageSize();
    }

    /** Why a message is a dead letter that is larger than {@link #maxMessageSize()}. */
    public static String tooLarge(long size, long limit) {
        return "The message has " + size + " bytes; at most " + limit
                + " are delivered (bactrian.broker.max-message-size)";
    }

    /** Why it can't be reached; null where it can, as far as known. */
    public @Nullable String trouble() {
        return watched.trouble();
    }

    public boolean isEmbedded() {
        return settings.isEmbedded();
    }

    /** Such as {@code broker tcp://mq:61616}; holds no secret. */
    public String description() {
        return settings.isEmbedded() ? "embedded broker" : "broker " + BrokerSettings.withoutQuery(settings.url());
    }

    /**
     * Asks it, by a connection made for that.
     *
     * @throws BrokerException where it can't be reached, or doesn't let us in; the message says which
     */
    public Sight look() {
        awaitStarted();
        try {
            return BrokerSight.of(locator(), connections.getUser(), connections.getPassword());
        } catch (ActiveMQSecurityException e) {
            throw new BrokerException(
                    "The " + description() + " refuses user '" + connections.getUser() + "': " + e.getMessage(), e);
        } catch (Exception e) {
            throw new BrokerException("The " + description() + " can't be reached: " + e.getMessage(), e);
        }
    }

    /** What it was given up on. */
    public DeadLetterQueue deadLetters() {
        return new DeadLetterQueue(this::locator, connections.getUser(), connections.getPassword());
    }

    /** The queues of the embedded broker, by name; none of an external one, which has tools of its own. */
    public List<QueueDepth> queues() {
        EmbeddedBroker broker = embedded;
        if (broker == null || !broker.server().isActive()) {
            return List.of();
        }
        List<QueueDepth> depths = new ArrayList<>();
        broker.server().getPostOffice().getAllBindings().forEach(binding -> {
            if (binding instanceof LocalQueueBinding local) {
                Queue queue = local.getQueue();
                if (!queue.isInternalQueue() && !queue.isTemporary()) {
                    depths.add(new QueueDepth(
                            queue.getName().toString(), queue.getMessageCount(), queue.getConsumerCount()));
                }
            }
        });
        depths.sort(Comparator.comparing(QueueDepth::queue));
        return depths;
    }

    private ServerLocator locator() throws Exception {
        EmbeddedBroker broker = embedded;
        ServerLocator locator = broker == null
                ? ActiveMQClient.createServerLocator(settings.url())
                : ActiveMQClient.createServerLocatorWithoutHA(broker.connector());
        return locator.setCallTimeout(PATIENCE.toMillis())
                .setReconnectAttempts(0)
                .setInitialConnectAttempts(1);
    }

    private jakarta.jms.Connection connect() throws JMSException {
        awaitStarted();
        return connections.createConnection();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            started.join();
        } catch (CompletionException e) {
            // It was told when it was waited for; there is nothing to stop.
            return;
        } finally {
            pool.stop();
            connections.close();
        }
        if (embedded != null) {
            embedded.close();
        }
    }
}
