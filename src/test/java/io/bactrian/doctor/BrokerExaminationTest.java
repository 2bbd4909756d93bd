package io.bactrian.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerSettings;
import io.bactrian.broker.BrokerSettings.Redelivery;
import io.bactrian.doctor.Finding.State;
import io.bactrian.testing.FreePorts;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of a real Artemis, embedded, and seen from another platform as an external one. */
class BrokerExaminationTest {
    private static final String PASSWORD = "shop-password";

    @TempDir
    Path folder;

    private final int port = FreePorts.next();

    @Test
    void theNodeIsNamedAndDeadLettersAreCounted() throws Exception {
        try (Broker embedded = embedded();
                Broker external = external(PASSWORD)) {
            String node = embedded.name().orElseThrow();
            for (Broker each : List.of(embedded, external)) {
                List<Finding> found = new BrokerExamination(each).findings();
                assertEquals(1, found.size(), found::toString);
                assertEquals(State.OK, found.get(0).state(), found::toString);
                assertTrue(found.get(0).detail().endsWith("answers; node " + node), found::toString);
            }
            try (Connection connection = embedded.connections().createConnection();
                    Session session = connection.createSession()) {
                session.createProducer(session.createQueue("DLQ")).send(session.createTextMessage("given up"));
            }
            for (Broker each : List.of(embedded, external)) {
                List<Finding> found = new BrokerExamination(each).findings();
                assertEquals(2, found.size(), found::toString);
                assertEquals(State.WARNING, found.get(1).state());
                assertTrue(found.get(1).detail().startsWith("1 messages wait"), found::toString);
                assertTrue(String.valueOf(found.get(1).remedy()).contains("dead-letters list"), found::toString);
            }
        }
    }

    @Test
    void aWrongPasswordIsToldAndNoPasswordIs() {
        try (Broker embedded = embedded();
                Broker external = external("not-this-one")) {
            Finding found = new BrokerExamination(external).findings().get(0);
            assertEquals(State.FAILED, found.state());
            assertTrue(found.detail().contains("refuses user 'shop'"), found::toString);
            assertTrue(String.valueOf(found.remedy()).contains(".password"), found::toString);
            assertFalse(found.toString().contains("not-this-one"), found::toString);
        }
    }

    @Test
    void aBrokerThatIsGoneIsToldWithItsAddress() {
        try (Broker external = external(PASSWORD)) {
            Finding found = new BrokerExamination(external).findings().get(0);
            assertEquals(State.FAILED, found.state());
            assertTrue(
                    found.detail().contains("broker tcp://127.0.0.1:" + port + " can't be reached"), found::toString);
            assertTrue(String.valueOf(found.remedy()).contains("bactrian.broker.url"), found::toString);
        }
    }

    private Broker embedded() {
        Broker broker = Broker.begin(
                settings(BrokerSettings.EMBEDDED, null, List.of("tcp://127.0.0.1:" + port), Map.of("shop", PASSWORD)),
                Clock.systemUTC());
        broker.awaitStarted();
        return broker;
    }

    private Broker external(String password) {
        return Broker.begin(settings("tcp://127.0.0.1:" + port, password, List.of(), Map.of()), Clock.systemUTC());
    }

    private BrokerSettings settings(String url, String password, List<String> acceptors, Map<String, String> users) {
        String user = password == null ? null : "shop";
        return new BrokerSettings(url, user, password, folder, acceptors, users, Redelivery.DEFAULT);
    }
}
