package io.bactrian.broker;

import io.bactrian.broker.BrokerSettings.Redelivery;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.TransportConstants;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.DiskFullMessagePolicy;

/**
 * The broker in this process. Messages lie in a journal that is synced before a send returns; what doesn't fit into its
 * share of the memory is paged to files, so that a queue that nobody empties neither fills the heap nor stops its
 * senders. Where the disk is nearly full, sends fail.
 */
final class EmbeddedBroker implements AutoCloseable {
    /**
     * How long the journal gathers writes at most before it syncs. Artemis's default for this kind of journal is 3.3 ms,
     * which is all that a lone sender then waits for: 279 messages a second. While one sync is under way the next writes
     * gather anyway, so that many senders share one whatever the time is.
     */
    private static final int GATHER_NANOS = 100_000;

    private static final int JOURNAL_FILE = 10 << 20;
    private static final int BACKSTOP = 10;
    private static final int GROUPS = 1024;
    private static final int PAGE = 1 << 20;
    private static final long LEAST_MEMORY = 16L << 20;
    private static final int SHARE_OF_MEMORY = 8;
    private static final long LEAST_DISK = 128L << 20;
    /** Brokers of one JVM are told apart by it. */
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final int number = NEXT.incrementAndGet();
    private final BrokerUsers users;
    private final ActiveMQServer server;

    EmbeddedBroker(BrokerSettings settings) {
        users = new BrokerUsers(settings.users());
        try {
            server = new ActiveMQServerImpl(configuration(settings), users);
        } catch (Exception e) {
            throw new BrokerException("The embedded broker refuses its configuration: " + e.getMessage(), e);
        }
        server.registerBrokerPlugin(
                new MessageSizeLimit(server, settings.redelivery().maxMessageSize()));
    }

    /**
     * Starts it and returns when it can be used.
     *
     * @throws BrokerException where it can't, with the remedy
     */
    void start(BrokerSettings settings) {
        settings.acceptors().forEach(EmbeddedBroker::requireFree);
        AtomicReference<Exception> failure = new AtomicReference<>();
        server.registerActivationFailureListener(failure::set);
        try {
            server.start();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
        Exception cause = failure.get();
        if (cause != null || !server.isActive()) {
            close();
            throw new BrokerException(
                    "The embedded broker doesn't start from " + settings.directory() + ": "
                            + (cause == null ? "it says no more" : cause.getMessage())
                            + ". Free or repair that folder, or switch the broker off by bactrian.broker.url=none",
                    cause);
        }
    }

    /** How this process connects to it. */
    TransportConfiguration connector() {
        return new TransportConfiguration(
                InVMConnectorFactory.class.getName(), Map.of(TransportConstants.SERVER_ID_PROP_NAME, number));
    }

    String platformPassword() {
        return users.platformPassword();
    }

    ActiveMQServer server() {
        return server;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new BrokerException("The embedded broker doesn't stop in order: " + e.getMessage(), e);
        }
    }

    private Configuration configuration(BrokerSettings settings) throws Exception {
        Path folder = settings.directory();
        Configuration configuration = new ConfigurationImpl()
                .setName("bactrian")
                .setPersistenceEnabled(true)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setLargeMessagesDirectory(folder.resolve("large-messages").toString())
                .setJournalType(JournalType.NIO)
                .setJournalBufferTimeout_NIO(GATHER_NANOS)
                .setJournalFileSize(JOURNAL_FILE)
                .setJournalMinFiles(2)
                .setJournalPoolFiles(10)
                .setGlobalMaxSize(Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY))
                .setMinDiskFree(LEAST_DISK)
                .setSecurityEnabled(true)
                // Its default is known to all the world, and bypasses every check.
                .setClusterPassword(BrokerUsers.random())
                .setJMXManagementEnabled(false)
                // It would halt the whole process for a slow disk.
                .setCriticalAnalyzer(false)
                .setSuppressSessionNotifications(true)
                .setResolveProtocols(!settings.acceptors().isEmpty())
                .addAcceptorConfiguration(new TransportConfiguration(
                        InVMAcceptorFactory.class.getName(), Map.of(TransportConstants.SERVER_ID_PROP_NAME, number)));
        for (String acceptor : settings.acceptors()) {
            configuration.addAcceptorConfiguration(
                    "acceptor" + settings.acceptors().indexOf(acceptor), acceptor);
        }
        configuration.addAddressSetting("#", addresses(settings.redelivery()));
        configuration.addAddressSetting(LetterHeaders.QUEUE, letters());
        configuration.addAddressSetting(LetterHeaders.EXPIRED, letters());
        addQueue(configuration, LetterHeaders.QUEUE);
        addQueue(configuration, LetterHeaders.EXPIRED);
        return configuration;
    }

    private static void addQueue(Configuration configuration, String name) {
        configuration.addAddressConfiguration(new CoreAddressConfiguration()
                .setName(name)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfig(QueueConfiguration.of(name)
                        .setAddress(name)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true)));
    }

    private static AddressSettings addresses(Redelivery redelivery) {
        return common().setDeadLetterAddress(SimpleString.of(LetterHeaders.QUEUE))
                .setExpiryAddress(SimpleString.of(LetterHeaders.EXPIRED))
                // More than our own receivers allow: they move a message themselves, with the reason, and give it back
                // without counting while a database is gone.
                .setMaxDeliveryAttempts(redelivery.maxDeliveries() + BACKSTOP)
                .setRedeliveryDelay(redelivery.delay().toMillis())
                .setRedeliveryMultiplier(2)
                .setMaxRedeliveryDelay(redelivery.maxDelay().toMillis());
    }

    private static AddressSettings letters() {
        return common().setMaxDeliveryAttempts(-1);
    }

    private static AddressSettings common() {
        return new AddressSettings()
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                .setPageSizeBytes(PAGE)
                .setDiskFullMessagePolicy(DiskFullMessagePolicy.FAIL)
                // A queue that is deleted when it is empty forgets which messages it had before.
                .setAutoDeleteQueues(false)
                .setAutoDeleteAddresses(false)
                // Order per key for several receivers, by a table that doesn't grow with the keys.
                .setDefaultGroupBuckets(GROUPS)
                .setDefaultGroupRebalance(true)
                .setDefaultGroupRebalancePauseDispatch(true)
                // JMS without a word of the kind means queues.
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST);
    }

    private static void requireFree(String acceptor) {
        URI uri = URI.create(acceptor);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(uri.getHost(), uri.getPort()));
        } catch (IOException e) {
            throw new BrokerException(
                    "The broker can't listen on " + BrokerSettings.withoutQuery(acceptor) + ": " + e.getMessage()
                            + ". Stop what does, or change bactrian.broker.acceptors",
                    e);
        }
    }
}
