package io.bactrian.http;

import java.util.List;
import java.util.Map;

/**
 * A family of figures for Prometheus.
 *
 * @param name such as {@code bactrian_collector_backlog_rows}; a counter's without {@code _total}
 */
public record Metric(String name, String help, Kind kind, List<Sample> samples) {
    /** Whether it only grows. */
    public enum Kind {
        COUNTER,
        GAUGE
    }

    /** One figure under its labels; every sample of a family has the same label names. */
    public record Sample(Map<String, String> labels, double value) {
        public Sample {
            labels = Map.copyOf(labels);
        }
    }

    public Metric {
        samples = List.copyOf(samples);
    }
}
