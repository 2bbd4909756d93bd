package io.bactrian.camel.queue;

import io.bactrian.broker.Broker;
import io.bactrian.camel.routes.ReplaceAware;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Producer;
import org.apache.camel.component.jms.ConsumerType;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.component.jms.JmsConfiguration;
import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.JmsQueueEndpoint;
import org.apache.camel.component.jms.QueueBrowseStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The platform's `jms:`, over the pooled connections of its broker. All of Camel's options are there; these are set:
 * received messages are transacted (invariant 8), and a connection that was lost is made again by itself.
 *
 * <p>Without a broker every use is refused, naming the key.
 */
public final class QueueComponent extends JmsComponent implements ReplaceAware {
    private static final long RECOVERY_MILLIS = 1_000;

    private final @Nullable Broker broker;
    private @Nullable Outbox outbox;
    private @Nullable ExecutorService executor;

    /** @param broker null where there is none */
    public QueueComponent(@Nullable Broker broker) {
        super(new QueueConfiguration());
        this.broker = broker;
        if (broker != null) {
            setUp(getConfiguration(), broker);
        }
    }

    private static void setUp(JmsConfiguration configuration, Broker broker) {
        configuration.setConnectionFactory(broker.connections());
        configuration.setTransacted(true);
        configuration.setLazyCreateTransactionManager(false);
        configuration.setCacheLevelName("CACHE_CONSUMER");
        configuration.setAcceptMessagesWhileStopping(false);
        configuration.setRecoveryInterval(RECOVERY_MILLIS);
        // One line when the broker goes and one when it is back are the connections' own; failures are the container's.
        configuration.setErrorHandlerLoggingLevel(LoggingLevel.OFF);
        configuration.setErrorHandlerLogStackTrace(false);
        configuration.setConsumerType(ConsumerType.Custom);
        configuration.setMessageListenerContainerFactory(
                endpoint -> new QueueContainer(endpoint, broker.maxDeliveries(), broker.maxMessageSize()));
        configuration.setMessageCreatedStrategy(new ChangeProperties());
    }

    @Override
    protected JmsEndpoint createQueueEndpoint(
            String uri,
            JmsComponent component,
            String subject,
            JmsConfiguration configuration,
            QueueBrowseStrategy browsing) {
        return new SendingQueue(uri, component, subject, configuration, browsing);
    }

    @Override
    protected JmsEndpoint createTopicEndpoint(
            String uri, JmsComponent component, String subject, JmsConfiguration configuration) {
        return new SendingTopic(uri, component, subject, configuration);
    }

    private Producer producer(JmsEndpoint endpoint) {
        return new ChangeProducer(endpoint, Objects.requireNonNull(outbox), Objects.requireNonNull(executor));
    }

    private final class SendingQueue extends JmsQueueEndpoint {
        SendingQueue(
                String uri,
                JmsComponent component,
                String subject,
                JmsConfiguration configuration,
                QueueBrowseStrategy browsing) {
            super(uri, component, subject, configuration, browsing);
        }

        @Override
        public Producer createProducer() {
            return producer(this);
        }
    }

    private final class SendingTopic extends JmsEndpoint {
        SendingTopic(String uri, JmsComponent component, String subject, JmsConfiguration configuration) {
            super(uri, component, subject, true, configuration);
        }

        @Override
        public Producer createProducer() {
            return producer(this);
        }
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        if (broker != null) {
            executor = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "jms-continuation");
            outbox = new Outbox(broker.ownConnections(), executor);
        }
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        if (outbox != null) {
            outbox.close();
        }
        if (executor != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(executor);
        }
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (broker == null) {
            throw new IllegalArgumentException("'jms:' needs a broker, and bactrian.broker.url is 'none': set it to"
                    + " 'embedded', or to an external one's address such as tcp://mq:61616");
        }
        Endpoint endpoint = super.createEndpoint(uri, remaining, parameters);
        if (endpoint instanceof JmsEndpoint queue) {
            queue.setHeaderFilterStrategy(new QueueHeaders());
            queue.setBinding(new QueueBinding(queue, broker));
        }
        return endpoint;
    }

    /** Its endpoints connect when they start, which those of a check never do. */
    @Override
    public Component copyForCheck() {
        return new QueueComponent(broker);
    }

    /** What arrives waits in its queue. */
    @Override
    public Hold hold() {
        return () -> {};
    }
}
