package io.bactrian.camel.kafka;

import io.bactrian.doctor.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Looks at Kafka where it is configured: whether each broker answers and lets us in, whether those are in reach that the
 * cluster names, and what lies in the topics of dead letters. Changes nothing.
 */
public final class KafkaExamination {
    private static final int PATIENCE_MILLIS = 4_000;

    private final CamelContext context;

    /** @param context whose routes and {@code kafka:} component are looked at */
    public KafkaExamination(CamelContext context) {
        this.context = context;
    }

    /** Asks the brokers; takes some seconds where one doesn't answer. Empty where none is configured. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        KafkaConfiguration options =
                context.getComponent("kafka", PlatformKafka.class).getConfiguration();
        String brokers = options.getBrokers();
        if (brokers == null || brokers.isBlank()) {
            return findings;
        }
        List<Asked> all = new ArrayList<>();
        try {
            for (String broker : brokers.split(",")) {
                // A client with all of them would be content with any.
                ask(broker.strip(), options, all, findings);
            }
            examine(all, findings);
        } finally {
            all.forEach(each -> each.admin.close(Duration.ZERO));
        }
        return findings;
    }

    /** A broker that was asked by a client of its own, and answers in time or not. */
    private record Asked(String broker, Admin admin, DescribeClusterResult answer) {}

    private static void ask(String broker, KafkaConfiguration options, List<Asked> to, List<Finding> findings) {
        Properties properties = options.copy().createConsumerProperties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        try {
            Admin admin = InboundClients.withOwnLoader(() -> Admin.create(properties));
            to.add(new Asked(broker, admin, admin.describeCluster()));
        } catch (KafkaException e) {
            findings.add(failed(broker, e));
        }
    }

    private void examine(List<Asked> all, List<Finding> findings) {
        Admin answering = null;
        Map<String, Node> named = new LinkedHashMap<>();
        for (Asked each : all) {
            try {
                Map<Integer, Node> nodes = new TreeMap<>();
                each.answer.nodes().get().forEach(node -> nodes.put(node.id(), node));
                nodes.values().forEach(node -> named.put(node.host() + ':' + node.port(), node));
                findings.add(Finding.ok(
                        "kafka " + each.broker,
                        "answers; cluster " + each.answer.clusterId().get() + ", nodes " + nodes.keySet()));
                answering = answering == null ? each.admin : answering;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException e) {
                findings.add(failed(each.broker, e.getCause() == null ? e : e.getCause()));
            }
        }
        all.forEach(each -> named.remove(each.broker));
        named.forEach((address, node) -> outOfReach(address, node, findings));
        if (answering != null) {
            findings.addAll(new DeadLetterTopics(context.getRoutes()).findings(answering));
        }
    }

    private static Finding failed(String broker, Throwable cause) {
        String subject = "kafka " + broker;
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return Finding.failed(
                    subject,
                    "doesn't let us in: " + InboundFailure.text(cause),
                    "check camel.component.kafka.security-protocol, .sasl-mechanism and .sasl-jaas-config");
        }
        return Finding.failed(
                subject,
                "can't be reached: " + InboundFailure.text(cause),
                "check that it runs and listens there, " + KafkaSettings.KEY
                        + ", and camel.component.kafka.security-protocol; what waits goes on by itself");
    }

    /** Clients are sent to the addresses that brokers advertise: one that is meant for others is a common mistake. */
    private static void outOfReach(String address, Node node, List<Finding> findings) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.host(), node.port()), PATIENCE_MILLIS);
        } catch (IOException | IllegalArgumentException e) {
            findings.add(Finding.failed(
                    "kafka " + address,
                    "the cluster sends us there for node " + node.id() + ", and it can't be reached: " + e.getMessage(),
                    "check that it runs, and its advertised.listeners"));
        }
    }
}
