package io.bactrian.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.testing.Faults;
import io.bactrian.testing.FreePorts;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The embedded broker; the neighbour is another program that comes by its acceptor. */
class EmbeddedQueueIT extends ConnectorContract {
    private final int port = FreePorts.next();
    private final QueueNeighbour neighbour = new QueueNeighbour(port);

    @Override
    void startNeighbour() {}

    @Override
    boolean stopNeighbour() {
        neighbour.close();
        return false;
    }

    @Override
    Map<String, String> configuration() {
        return Map.of(
                "bactrian.broker.url",
                "embedded",
                "bactrian.broker.acceptors",
                "tcp://127.0.0.1:" + port,
                "bactrian.broker.users." + QueueNeighbour.USER + ".password",
                QueueNeighbour.PASSWORD,
                "bactrian.broker.redelivery-delay",
                "50ms",
                "bactrian.broker.max-deliveries",
                "4");
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

    @Test
    void aDeadLetterSaysWhereItCameFromAndGoesBackThere() throws Exception {
        send("retried-" + UUID.randomUUID(), "{\"message\":null}");
        JsonNode letter = letter("null value");
        assertEquals("orders.in", letter.get("queue").asText());
        assertEquals("{\"message\":null}", letter.get("body").asText());
        assertEquals(4, letter.get("attempts").asInt(), "delivered as often as is allowed: " + letter);
        String id = letter.get("id").asText();
        assertEquals(letter, Faults.json(platform(), "/api/dead-letters/" + id), "what is listed is what is shown");
        assertEquals(
                202,
                platform()
                        .call("POST", "/api/dead-letters/" + id + "/retry", null)
                        .statusCode());
        assertEquals(
                404, platform().call("GET", "/api/dead-letters/" + id, null).statusCode());
        JsonNode again = letter("null value");
        assertEquals(4, again.get("attempts").asInt(), "deliveries are counted anew");
        String path = "/api/dead-letters/" + again.get("id").asText();
        assertEquals(204, platform().call("POST", path + "/discard", null).statusCode());
        assertEquals(404, platform().call("POST", path + "/discard", null).statusCode());
    }

    @Test
    void aMessageThatIsTooLargeIsADeadLetterAtOnceAndTheRestFlows() throws Exception {
        neighbour.sendLarge("orders.in");
        awaitLargeRefused();
    }

    @Test
    void queuesAreMeasured() throws Exception {
        String metrics = platform().call("GET", "/metrics", null).body();
        assertTrue(metrics.contains("bactrian_queue_messages{queue=\"DLQ\"}"), metrics);
        assertTrue(metrics.contains("bactrian_queue_consumers{queue=\"orders.in\"} 4"), metrics);
    }

    private JsonNode letter(String reason) {
        return Faults.awaiting(platform())
                .until(
                        () -> {
                            for (JsonNode each : Faults.json(platform(), "/api/dead-letters")) {
                                if (each.get("error").asText().contains(reason)) {
                                    return each;
                                }
                            }
                            return null;
                        },
                        found -> found != null);
    }
}
