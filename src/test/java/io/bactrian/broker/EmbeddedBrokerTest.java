package io.bactrian.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.broker.BrokerSettings.Redelivery;
import io.bactrian.testing.FreePorts;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    private static final Map<String, String> USERS = Map.of("shop", "shop-password");

    @TempDir
    Path folder;

    @Test
    void whatWasSentIsThereAfterARestart() throws Exception {
        BrokerSettings settings = BrokerSettings.embedded(folder);
        try (Broker broker = started(settings)) {
            send(broker, "q", "kept");
        }
        try (Broker broker = started(settings)) {
            assertEquals("kept", receive(broker, "q"));
        }
    }

    @Test
    void theNetworkIsClosedUnlessAnAcceptorIsConfigured() throws Exception {
        assertThrows(
                IllegalArgumentException.class,
                () -> settings(FreePorts.next(), Map.of()),
                "an acceptor without users");
        String message = assertThrows(
                        IllegalArgumentException.class, () -> settings(FreePorts.next(), Map.of("shop", "short")))
                .getMessage();
        assertFalse(message.contains("short "), "no password is told");
    }

    @Test
    @DisplayName(
            "invariant 17: a program without the right password is refused; no one manages the broker from outside")
    void onlyConfiguredUsersMayConnect() throws Exception {
        int port = FreePorts.next();
        try (Broker broker = started(settings(port, USERS))) {
            String url = "tcp://127.0.0.1:" + port;
            for (String[] user : new String[][] {
                {null, null},
                {"shop", "wrong"},
                {"bactrian", ""},
                {"ACTIVEMQ.CLUSTER.ADMIN.USER", "CHANGE ME!!"},
            }) {
                try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url, user[0], user[1])) {
                    assertThrows(
                            JMSException.class, () -> factory.createConnection().close(), () -> user[0]);
                }
            }
            try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url, "shop", "shop-password");
                    Connection connection = factory.createConnection();
                    Session session = connection.createSession()) {
                session.createProducer(session.createQueue("q")).send(session.createTextMessage("by CORE"));
                assertEquals("by CORE", receive(broker, "q"));
                assertThrows(
                        JMSException.class,
                        () -> session.createProducer(session.createQueue("activemq.management"))
                                .send(session.createTextMessage()));
            }
        }
    }

    @Test
    void stompMqttAndAmqpAreSpokenToThoseWithThePassword() throws Exception {
        int port = FreePorts.next();
        try (Broker broker = started(settings(port, USERS))) {
            String refused = talk(port, stomp("CONNECT", "login:shop\npasscode:wrong\n", ""), 1);
            assertTrue(refused.startsWith("ERROR"), refused);
            String taken = talk(
                    port,
                    stomp("CONNECT", "login:shop\npasscode:shop-password\naccept-version:1.2\nhost:x\n", "")
                            + stomp("SEND", "destination:q\nreceipt:1\n", "by STOMP"),
                    2);
            assertTrue(taken.startsWith("CONNECTED") && taken.contains("RECEIPT"), taken);
            assertEquals("by STOMP", receive(broker, "q"));
            assertEquals(0, mqttAnswer(port, "shop-password"), "accepted");
            assertTrue(mqttAnswer(port, "wrong") != 0, "refused");
            assertTrue(amqpAnswer(port).startsWith("AMQP"), "AMQP answers with its header");
        }
    }

    @Test
    void aTakenPortIsNamedWithTheRemedy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Broker broker = Broker.begin(settings(taken.getLocalPort(), USERS), Clock.systemUTC());
            String message =
                    assertThrows(BrokerException.class, broker::awaitStarted).getMessage();
            broker.close();
            assertTrue(message.contains(Integer.toString(taken.getLocalPort())), message);
            assertTrue(message.contains("bactrian.broker.acceptors"), message);
        }
    }

    @Test
    void aMessageOverTheLimitIsADeadLetterWithTheReason() throws Exception {
        BrokerSettings settings = new BrokerSettings(
                BrokerSettings.EMBEDDED,
                null,
                null,
                folder,
                List.of(),
                Map.of(),
                new Redelivery(3, Duration.ofMillis(10), Duration.ofSeconds(1), 10_000));
        try (Broker broker = started(settings)) {
            send(broker, "q", "x".repeat(400_000));
            send(broker, "q", "small");
            assertEquals("small", receive(broker, "q"));
            List<MessageLetter> letters = broker.deadLetters().list(Long.MAX_VALUE, 10);
            assertEquals(1, letters.size());
            assertEquals("q", letters.get(0).queue());
            assertTrue(letters.get(0).error().contains("bactrian.broker.max-message-size"), letters.toString());
        }
    }

    @Test
    void aFullQueueGoesToDiskAndTheHeapStaysSmall() throws Exception {
        try (Broker broker = started(BrokerSettings.embedded(folder))) {
            long share = Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 8);
            String text = "x".repeat(200_000);
            int count = (int) (share / 400_000) + 20;
            for (int i = 0; i < count; i++) {
                send(broker, "q", text);
            }
            assertEquals(
                    count,
                    broker.queues().stream()
                            .filter(queue -> queue.queue().equals("q"))
                            .findFirst()
                            .orElseThrow()
                            .messages());
            for (int i = 0; i < count; i++) {
                assertEquals(200_000, receive(broker, "q").length());
            }
        }
    }

    private BrokerSettings settings(int port, Map<String, String> users) {
        return new BrokerSettings(
                BrokerSettings.EMBEDDED,
                null,
                null,
                folder,
                List.of("tcp://127.0.0.1:" + port),
                users,
                Redelivery.DEFAULT);
    }

    private static Broker started(BrokerSettings settings) {
        Broker broker = Broker.begin(settings, Clock.systemUTC());
        broker.awaitStarted();
        return broker;
    }

    private static void send(Broker broker, String queue, String text) throws JMSException {
        try (Connection connection = broker.connections().createConnection();
                Session session = connection.createSession()) {
            session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
        }
    }

    private static String receive(Broker broker, String queue) throws JMSException {
        try (Connection connection = broker.connections().createConnection();
                Session session = connection.createSession()) {
            connection.start();
            var message = session.createConsumer(session.createQueue(queue)).receive(10_000);
            return message instanceof TextMessage text
                    ? text.getText()
                    : new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
        }
    }

    private static String stomp(String command, String headers, String body) {
        return command + "\n" + headers + "\n" + body + "\0";
    }

    /** Sends, and reads so many frames. */
    private static String talk(int port, String frames, int answers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(frames.getBytes(StandardCharsets.UTF_8));
            StringBuilder read = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int ends = 0, next = in.read(); ends < answers && next >= 0; next = ends < answers ? in.read() : -1) {
                read.append((char) next);
                ends += next == 0 ? 1 : 0;
            }
            return read.toString();
        }
    }

    /** The return code of MQTT 3.1.1's CONNACK; -1 where the connection is closed instead. */
    private static int mqttAnswer(int port, String password) throws IOException {
        byte[] user = "shop".getBytes(StandardCharsets.UTF_8);
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        java.io.ByteArrayOutputStream payload = new java.io.ByteArrayOutputStream();
        payload.writeBytes(new byte[] {0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xC2, 0, 60, 0, 1, 'c', 0, 4});
        payload.writeBytes(user);
        payload.writeBytes(new byte[] {0, (byte) secret.length});
        payload.writeBytes(secret);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0x10, (byte) payload.size()});
            socket.getOutputStream().write(payload.toByteArray());
            byte[] answer = socket.getInputStream().readNBytes(4);
            return answer.length < 4 ? -1 : answer[3];
        }
    }

    private static String amqpAnswer(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0});
            return new String(socket.getInputStream().readNBytes(8), StandardCharsets.ISO_8859_1);
        }
    }
}
