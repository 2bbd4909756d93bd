package io.bactrian.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /health/live} and {@code /health/ready}: the status for everyone, the details for who has a key. */
final class HealthEndpoint {
    private final PlatformView platform;
    private volatile boolean stopping;

    HealthEndpoint(PlatformView platform) {
        this.platform = platform;
    }

    void stop() {
        stopping = true;
    }

    HttpAnswer live() {
        return HttpAnswer.json(200, Map.of("status", "up"));
    }

    HttpAnswer ready(boolean details) {
        Readiness readiness = platform.readiness();
        boolean ready = readiness.ready() && !stopping;
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", ready ? "up" : stopping ? "stopping" : "down");
        if (details) {
            answer.put("checks", readiness.checks());
        }
        return HttpAnswer.json(ready ? 200 : 503, answer);
    }
}
