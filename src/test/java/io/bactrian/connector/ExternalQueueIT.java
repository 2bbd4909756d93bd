package io.bactrian.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.broker.BrokerProcess;
import io.bactrian.testing.Faults;
import io.bactrian.testing.FreePorts;
import java.io.File;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An Artemis in a second process, which is killed and started again. */
class ExternalQueueIT extends ConnectorContract {
    private final int port = FreePorts.next();
    private final QueueNeighbour neighbour = new QueueNeighbour(port);
    private Process broker;

    @Override
    void startNeighbour() throws Exception {
        File log = temporary.resolve("broker.log").toFile();
        broker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        temporary.resolve("broker").toString(),
                        Integer.toString(port),
                        QueueNeighbour.USER,
                        QueueNeighbour.PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        Awaitility.await("the broker; its log: " + log)
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> {
                    try (Socket socket = new Socket("127.0.0.1", port)) {
                        return socket.isConnected();
                    }
                });
    }

    @Override
    boolean stopNeighbour() throws Exception {
        neighbour.close();
        broker.destroyForcibly().waitFor();
        return true;
    }

    @Override
    Duration outage() {
        return Duration.ofMinutes(1);
    }

    @Override
    Map<String, String> configuration() {
        return Map.of(
                "bactrian.broker.url",
                "tcp://127.0.0.1:" + port,
                "bactrian.broker.username",
                QueueNeighbour.USER,
                "bactrian.broker.password",
                QueueNeighbour.PASSWORD);
    }

    @Override
    String out() {
        return "jms:queue:counted";
    }

    @Override
    String in() {
        return "jms:queue:orders.in?concurrentConsumers=4";
    }

    @Override
    void send(String id, String body) throws Exception {
        neighbour.send("orders.in", id, body);
    }

    @Override
    List<String> linesOfADatabaseOutage() {
        return QueueNeighbour.LINES_OF_A_DATABASE_OUTAGE;
    }

    @Override
    void listen() throws Exception {
        neighbour.listen("counted", this::arrived);
    }

    @Override
    void assertLinesOfAnOutage(String log) {
        super.assertLinesOfAnOutage(log);
        assertEquals(
                1,
                Faults.lines(log, "can't be reached, it is tried again by itself")
                        .size(),
                log);
        assertEquals(1, Faults.lines(log, "is back after").size(), log);
        assertEquals(1, Faults.lines(log, "changes are parked").size(), log);
        Faults.awaiting(platform())
                .until(() -> Faults.lines(platform().output(), "out: no change is parked any more")
                                .size()
                        == 1);
    }

    @Test
    void aMessageThatIsTooLargeIsADeadLetterAndTheRestFlows() throws Exception {
        neighbour.sendLarge("orders.in");
        awaitLargeRefused();
    }

    @Test
    void theDoctorFindsTheBroker() throws Exception {
        String found = Faults.json(platform(), "/api/doctor").toString();
        assertTrue(found.contains("broker tcp://127.0.0.1:" + port + " answers; node "), found);
    }
}
