package io.bactrian.broker;

import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.api.core.client.TopologyMember;
import org.apache.activemq.artemis.core.client.impl.ClientSessionFactoryInternal;
import org.jspecify.annotations.Nullable;

/** One look at a broker by its own protocol: the embedded one and an external Artemis alike. */
final class BrokerSight {
    private static final long PATIENCE_SECONDS = 2;

    private BrokerSight() {}

    /** Closes the locator. */
    static Broker.Sight of(ServerLocator locator, @Nullable String username, @Nullable String password)
            throws Exception {
        try (locator;
                ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession(
                        username, password, false, true, true, false, locator.getAckBatchSize())) {
            QueueQuery letters = session.queueQuery(SimpleString.of(LetterHeaders.QUEUE));
            return new Broker.Sight(node(locator, factory), letters.isExists() ? letters.getMessageCount() : 0);
        }
    }

    /** It names itself soon after the connection was made. */
    private static String node(ServerLocator locator, ClientSessionFactory factory) {
        if (factory instanceof ClientSessionFactoryInternal told) {
            told.waitForTopology(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        return locator.getTopology().getMembers().stream()
                .map(TopologyMember::getNodeId)
                .findFirst()
                .orElse("unnamed");
    }
}
