package io.bactrian.camel.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerSettings;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueRoutesTest {
    @TempDir
    Path folder;

    @Test
    void withoutABrokerEveryUseIsRefusedNamingTheKey() {
        try (Workbench bench = new Workbench(folder, Map.of(), Map.of("jms", new QueueComponent(null)))) {
            Throwable refusal =
                    assertThrows(Exception.class, () -> bench.context().getEndpoint("jms:queue:x"));
            while (refusal.getCause() != null) {
                refusal = refusal.getCause();
            }
            assertTrue(String.valueOf(refusal.getMessage()).contains("bactrian.broker.url"), refusal.getMessage());
        }
    }

    @Test
    void camelsOwnKeysConfigureIt() {
        try (Broker broker = broker();
                Workbench bench = new Workbench(
                        folder,
                        Map.of("camel.component.jms.concurrent-consumers", "3"),
                        Map.of("jms", new QueueComponent(broker)))) {
            QueueComponent jms = bench.context().getComponent("jms", QueueComponent.class);
            assertEquals(3, jms.getConfiguration().getConcurrentConsumers());
            assertTrue(jms.getConfiguration().isTransacted());
        }
    }

    @Test
    @DisplayName(
            "invariant 5: a change is sent as its row with its id and its key; sent again it is dropped, replayed it isn't")
    void aChangeThatIsSentAgainIsDroppedByTheBroker() throws Exception {
        try (Broker broker = broker();
                Workbench bench = new Workbench(folder, Map.of(), Map.of("jms", new QueueComponent(broker)))) {
            bench.load("out.yaml", """
                    - route:
                        id: out
                        from:
                          uri: direct:out
                          steps:
                            - to: jms:queue:out
                    """);
            Change change = bench.collectOrders(7).get(0);
            send(bench, change, null);
            send(bench, change, null);
            send(bench, change, 1);
            try (Connection connection = broker.connections().createConnection();
                    Session session = connection.createSession()) {
                connection.start();
                var consumer = session.createConsumer(session.createQueue("out"));
                Message first = consumer.receive(10_000);
                assertEquals(change.afterJson(), ((TextMessage) first).getText());
                assertEquals(change.id().toString(), first.getStringProperty("bactrian_id"));
                assertEquals("orders{\"id\":7}", first.getStringProperty("JMSXGroupID"));
                Message replayed = consumer.receive(10_000);
                assertEquals(change.id().toString(), replayed.getStringProperty("bactrian_id"));
                assertNull(consumer.receive(200), "the second try was dropped");
            }
        }
    }

    @Test
    @DisplayName("invariant 17: headers that steer the platform don't come in, whatever their case")
    void steeringHeadersStayOutside() throws Exception {
        BlockingQueue<Map<String, Object>> seen = new LinkedBlockingQueue<>();
        try (Broker broker = broker();
                Workbench bench = new Workbench(folder, Map.of(), Map.of("jms", new QueueComponent(broker)))) {
            bench.context().getRegistry().bind("see", (org.apache.camel.Processor)
                    exchange -> seen.add(exchange.getMessage().getHeaders()));
            bench.load("in.yaml", """
                    - route:
                        id: in
                        from:
                          uri: jms:queue:in
                          steps:
                            - process: {ref: see}
                    """);
            bench.context().getRouteController().startAllRoutes();
            try (Connection connection = broker.connections().createConnection();
                    Session session = connection.createSession()) {
                TextMessage message = session.createTextMessage("{}");
                message.setStringProperty("bactriantable", "secrets");
                message.setStringProperty("BACTRIANOPERATION", "delete");
                message.setStringProperty("cAMELFileName", "x");
                message.setStringProperty("plain", "kept");
                session.createProducer(session.createQueue("in")).send(message);
            }
            Map<String, Object> headers = seen.poll(20, TimeUnit.SECONDS);
            assertEquals("kept", headers.get("plain"));
            assertTrue(
                    headers.keySet().stream()
                            // Made here, of the message's own time.
                            .filter(name -> !name.equals("CamelMessageTimestamp"))
                            .noneMatch(name ->
                                    name.toLowerCase(java.util.Locale.ROOT).matches("(bactrian|camel).*")),
                    () -> headers.keySet().toString());
        }
    }

    private static void send(Workbench bench, Change change, @Nullable Integer generation) throws Exception {
        try (ProducerTemplate template = bench.context().createProducerTemplate()) {
            Exchange sent = template.send("direct:out", exchange -> {
                exchange.setProperty(BactrianProperties.CHANGE, change);
                if (generation != null) {
                    exchange.setProperty(BactrianProperties.GENERATION, generation);
                }
                exchange.getMessage().setBody(change.row());
            });
            assertNull(sent.getException());
        }
    }

    private Broker broker() {
        Broker broker = Broker.begin(BrokerSettings.embedded(folder.resolve("broker")), Clock.systemUTC());
        broker.awaitStarted();
        return broker;
    }
}
