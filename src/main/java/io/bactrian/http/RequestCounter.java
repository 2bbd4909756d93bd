package io.bactrian.http;

import io.bactrian.http.Metric.Kind;
import io.bactrian.http.Metric.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/** Counts answered requests by area and class of status, and their time. Thread-safe. */
final class RequestCounter implements RequestLog {
    private static final class Area {
        private final String name;
        private final String prefix;
        /** By class of status: the sixth counts 5xx, the first what never got a status. */
        private final List<LongAdder> answers = new ArrayList<>();

        private final LongAdder nanos = new LongAdder();

        Area(String name, String prefix) {
            this.name = name;
            this.prefix = prefix;
            for (int i = 0; i < 6; i++) {
                answers.add(new LongAdder());
            }
        }
    }

    private final List<Area> areas = List.of(
            new Area("hooks", "/hooks/"),
            new Area("api", "/api/"),
            new Area("health", "/health/"),
            new Area("console", "/console/"),
            new Area("metrics", "/metrics"),
            new Area("routes", ""));

    @Override
    public void log(Request request, Response response) {
        String path = request.getHttpURI().getPath();
        Area area = areaOf(path == null ? "" : path);
        int status = response.getStatus() / 100;
        area.answers.get(status < 6 ? status : 0).increment();
        area.nanos.add(System.nanoTime() - request.getBeginNanoTime());
    }

    List<Metric> metrics() {
        List<Sample> answers = new ArrayList<>();
        List<Sample> seconds = new ArrayList<>();
        for (Area area : areas) {
            for (int status = 1; status < 6; status++) {
                long count = area.answers.get(status).sum();
                if (count > 0) {
                    answers.add(new Sample(Map.of("area", area.name, "status", status + "xx"), count));
                }
            }
            seconds.add(new Sample(Map.of("area", area.name), area.nanos.sum() / 1e9));
        }
        return List.of(
                new Metric("bactrian_http_requests", "Answered HTTP requests", Kind.COUNTER, answers),
                new Metric("bactrian_http_request_seconds", "Time spent answering them", Kind.COUNTER, seconds));
    }

    private Area areaOf(String path) {
        for (Area area : areas) {
            if (path.startsWith(area.prefix)) {
                return area;
            }
        }
        throw new IllegalStateException("The last area takes every path");
    }
}
