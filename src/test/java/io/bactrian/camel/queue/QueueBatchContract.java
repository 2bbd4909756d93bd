package io.bactrian.camel.queue;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerSettings;
import io.bactrian.broker.LetterHeaders;
import io.bactrian.camel.Workbench;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that wait go into a table together, and nobody sees it. */
abstract class QueueBatchContract {
    private static final int DELIVERIES = 3;

    @TempDir
    Path folder;

    private Broker broker;
    private Workbench bench;

    /** An empty database of the name main. */
    abstract DatabaseSettings settings();

    /** The names of the trigger table's columns are the same everywhere, its own isn't. */
    abstract String changes();

    @BeforeEach
    void open() {
        BrokerSettings embedded = BrokerSettings.embedded(folder.resolve("broker"));
        broker = Broker.begin(
                new BrokerSettings(
                        embedded.url(),
                        null,
                        null,
                        embedded.directory(),
                        List.of(),
                        Map.of(),
                        new BrokerSettings.Redelivery(
                                DELIVERIES, Duration.ofMillis(50), Duration.ofMillis(50), 1 << 20)),
                Clock.systemUTC());
        broker.awaitStarted();
        bench = new Workbench(folder, settings(), Map.of(), Map.of("jms", new QueueComponent(broker)));
        Database database = bench.database();
        execute("CREATE TABLE orders (id integer PRIMARY KEY, article text NOT NULL)");
        execute("CREATE TABLE seen (n integer, times integer NOT NULL)");
        new Capture(database, new CaptureSettings(List.of("orders"), List.of(), Install.AUTO)).install(List.of());
    }

    @AfterEach
    void close() {
        bench.close();
        broker.close();
    }

    @Test
    @DisplayName("invariants 8, 9: a poison in the middle is a dead letter by itself, its neighbours are applied once")
    void aPoisonInTheMiddleIsADeadLetterByItself() throws Exception {
        List<String> bodies = new ArrayList<>(rows(1, 60));
        bodies.add(20, "{\"id\":1000,\"nonsense\":1}");
        bodies.add(40, "{\"id\":1001,\"article\":null}");
        bodies.add(50, "{\"id\":");
        send(bodies, "");
        start("- to: table:orders?operation=insert");
        await().until(() -> count("SELECT count(*) FROM orders") == 60 && waiting("in") == 0 && waiting("DLQ") == 3);
        Map<String, Integer> letters = new TreeMap<>();
        for (Message letter : taken("DLQ", 3)) {
            letters.put(letter.getStringProperty("number"), letter.getIntProperty(LetterHeaders.DELIVERIES));
        }
        assertEquals(DELIVERIES, letters.get("40"), "the null is tried again, in case that helps: " + letters);
        assertEquals(List.of("20", "40", "50"), List.copyOf(letters.keySet()));
        assertTrue(letters.get("20") <= 2, "hopeless: " + letters);
        assertEquals(60, count("SELECT count(*) FROM " + changes()), "each applied once");
    }

    @Test
    @DisplayName("invariant 9: what was applied before isn't again, though its neighbours are applied now")
    void whatWasAppliedBeforeIsNotAgain() throws Exception {
        send(rows(1, 20), "a");
        start("- to: table:orders?operation=insert&id=${header.number}");
        await().until(() -> count("SELECT count(*) FROM orders") == 20 && waiting("in") == 0);
        bench.context().getRouteController().stopAllRoutes();
        send(rows(101, 140), "b");
        bench.context().getRouteController().startAllRoutes();
        await().until(() -> waiting("in") == 0);
        assertEquals(40, count("SELECT count(*) FROM orders"), "the first twenty numbers were known");
        assertEquals(121, count("SELECT min(id) FROM orders WHERE id > 100"));
    }

    @Test
    @DisplayName("invariant 10: each message's write has its own origin")
    void eachMessagesWriteHasItsOwnOrigin() throws Exception {
        send(rows(1, 50), "");
        start(
                "- choice:",
                "    when:",
                "      - simple: \"${header.number} range '10..19'\"",
                "        steps:",
                "          - to: table:orders?operation=insert&origin=crm",
                "    otherwise:",
                "      steps:",
                "        - to: table:orders?operation=insert");
        await().until(() -> count("SELECT count(*) FROM orders") == 50 && waiting("in") == 0);
        assertEquals(10, count("SELECT count(*) FROM " + changes() + " WHERE origin = 'crm'"));
        assertEquals(40, count("SELECT count(*) FROM " + changes() + " WHERE origin = 'in'"));
        assertEquals(
                10,
                count("SELECT count(*) FROM " + changes()
                        + " WHERE origin = 'crm' AND (CAST(\"key\" AS text) LIKE '%1_}'"
                        + " OR CAST(\"key\" AS text) LIKE '%20}') AND CAST(\"key\" AS text) NOT LIKE '%10}'"),
                "ids 11 to 20");
    }

    @Test
    void whatAStepWroteALaterStepReads() throws Exception {
        send(rows(1, 40), "");
        execute("INSERT INTO orders VALUES (0, 'x')");
        start(
                "- to: table:orders?operation=insert",
                "- to: table:orders?operation=read&key=id",
                "- setBody: {simple: '{\"n\":${header.number},\"times\":1}'}",
                "- to: table:seen?operation=insert");
        await().until(() -> count("SELECT count(*) FROM seen") == 40 && waiting("in") == 0);
        assertEquals(41, count("SELECT count(*) FROM orders"));
    }

    @Test
    @DisplayName("a stop in the middle finishes or undoes what goes together")
    void aStopInTheMiddleLosesNothing() throws Exception {
        send(rows(1, 1_000), "");
        start("- to: table:orders?operation=insert");
        await().until(() -> count("SELECT count(*) FROM orders") > 100);
        bench.context().getRouteController().stopAllRoutes();
        int applied = count("SELECT count(*) FROM orders");
        assertEquals(applied, 1_000 - waiting("in"), "nothing is half done");
        bench.context().getRouteController().startAllRoutes();
        await().until(() -> waiting("in") == 0 && count("SELECT count(*) FROM orders") == 1_000);
        assertEquals(1_000, count("SELECT count(*) FROM " + changes()));
    }

    /** Makes and starts a route of these steps, one line each. */
    final void start(String... steps) throws Exception {
        bench.load("in.yaml", """
                - route:
                    id: in
                    from:
                      uri: jms:queue:in
                      steps:
                """ + String.join("\n", steps).indent(8));
        bench.context().getRouteController().startAllRoutes();
    }

    final String url() {
        return bench.database().settings().url();
    }

    static List<String> rows(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(id -> "{\"id\":" + id + ",\"article\":\"" + id + "\"}")
                .toList();
    }

    /** Numbered from 0. */
    final void send(List<String> bodies, String round) throws JMSException {
        try (Connection connection = broker.connections().createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                var producer = session.createProducer(session.createQueue("in"))) {
            for (int i = 0; i < bodies.size(); i++) {
                Message message = session.createTextMessage(bodies.get(i));
                message.setStringProperty("number", String.valueOf(i));
                message.setStringProperty("round", round);
                producer.send(message);
            }
            session.commit();
        }
    }

    private List<Message> taken(String queue, int number) throws JMSException {
        List<Message> messages = new ArrayList<>();
        try (Connection connection = broker.connections().createConnection();
                Session session = connection.createSession();
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            while (messages.size() < number) {
                messages.add(consumer.receive(10_000));
            }
        }
        return messages;
    }

    final long waiting(String queue) {
        return broker.queues().stream()
                .filter(each -> each.queue().equals(queue))
                .mapToLong(Broker.QueueDepth::messages)
                .sum();
    }

    final void execute(String sql) {
        bench.database().transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    final int count(String sql) {
        return bench.database().read(connection -> {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery(sql)) {
                result.next();
                return result.getInt(1);
            }
        });
    }
}
