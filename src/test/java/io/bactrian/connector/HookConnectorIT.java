package io.bactrian.connector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.FreePorts;
import io.bactrian.testing.SignedCalls;
import io.bactrian.testing.SocketReceiver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Signed webhooks both ways. A caller is told itself what became of its message: there are no dead letters coming in. */
class HookConnectorIT extends ConnectorContract {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private final int port = FreePorts.next();
    private final SignedCalls calls = new SignedCalls(SECRET);
    private final List<Integer> refusals = new ArrayList<>();
    private SocketReceiver receiver;

    @Override
    void startNeighbour() {
        receiver = SocketReceiver.start(port, (id, body) -> {
            record.received(id, body);
            return 200;
        });
    }

    @Override
    boolean stopNeighbour() {
        receiver.close();
        return true;
    }

    @Override
    Map<String, String> configuration() {
        return Map.of();
    }

    @Override
    String out() {
        return "hook:http://127.0.0.1:" + port + "/?secret=" + SECRET;
    }

    @Override
    String in() {
        return "hook:in?secret=" + SECRET;
    }

    @Override
    void send(String id, String body) throws Exception {
        if (!calls.acknowledged(platform().url("/hooks/in"), id, body)) {
            throw new IllegalStateException("not acknowledged");
        }
    }

    @Override
    void sendPoison(String id, String body) throws Exception {
        refusals.add(calls.status(platform().url("/hooks/in"), id, body));
    }

    @Override
    void awaitRefused(String reason) {
        assertTrue(
                refusals.size() == 2 && refusals.stream().allMatch(status -> status >= 400),
                () -> "answered " + refusals);
    }

    @Override
    void listen() {}
}
