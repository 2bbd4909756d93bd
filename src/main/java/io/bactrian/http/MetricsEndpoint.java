package io.bactrian.http;

import io.bactrian.http.Metric.Kind;
import io.bactrian.http.Metric.Sample;
import io.bactrian.subscription.SubscriptionCounters;
import io.bactrian.subscription.SubscriptionStatus;
import io.bactrian.subscription.SubscriptionStatus.State;
import io.bactrian.subscription.Subscriptions;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** {@code /metrics} in Prometheus's text format: the JVM, subscriptions, HTTP, and what the platform view adds. */
final class MetricsEndpoint implements AutoCloseable {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String PREFIX = "bactrian_subscription_";

    private final Subscriptions subscriptions;
    private final PlatformView platform;
    private final RequestCounter requests;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private @Nullable PrometheusMeterRegistry registry;

    MetricsEndpoint(Subscriptions subscriptions, PlatformView platform, RequestCounter requests) {
        this.subscriptions = subscriptions;
        this.platform = platform;
        this.requests = requests;
    }

    HttpAnswer answer() {
        byte[] text = registry().scrape(CONTENT_TYPE).getBytes(StandardCharsets.UTF_8);
        return new HttpAnswer(200, CONTENT_TYPE, text, Map.of());
    }

    /** Made at the first scrape: most starts never see one. */
    private synchronized PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry made = registry;
        if (made == null) {
            PrometheusRegistry prometheus = new PrometheusRegistry();
            made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
            new JvmMemoryMetrics().bindTo(made);
            new JvmThreadMetrics().bindTo(made);
            new ProcessorMetrics().bindTo(made);
            new UptimeMetrics().bindTo(made);
            collections.bindTo(made);
            prometheus.register(this::collect);
            registry = made;
        }
        return made;
    }

    private MetricSnapshots collect() {
        List<Metric> metrics = new ArrayList<>(requests.metrics());
        List<SubscriptionStatus> all = subscriptions.list();
        metrics.addAll(ofStatus(all));
        metrics.addAll(ofCounters(all, subscriptions.counters()));
        metrics.addAll(platform.metrics());
        return new MetricSnapshots(
                metrics.stream().map(MetricsEndpoint::snapshot).toList());
    }

    private static List<Metric> ofStatus(List<SubscriptionStatus> all) {
        return List.of(
                gauge(all, "position", "All changes up to here are done or parked", SubscriptionStatus::position),
                gauge(all, "lag", "Changes after the position", SubscriptionStatus::lag),
                gauge(all, "lag_seconds", "Age of the oldest of them", SubscriptionStatus::lagSeconds),
                gauge(all, "parked", "Changes that wait for their next try", SubscriptionStatus::parked),
                gauge(all, "dead_letters", "Changes given up on", SubscriptionStatus::deadLetters),
                gauge(all, "running", "1 where it runs", each -> each.state() == State.RUNNING ? 1 : 0));
    }

    private static List<Metric> ofCounters(List<SubscriptionStatus> all, Map<String, SubscriptionCounters> counters) {
        return List.of(
                counter(all, counters, "delivered", "Changes that got through", SubscriptionCounters::delivered),
                counter(all, counters, "failed_tries", "Tries that failed", SubscriptionCounters::failed),
                counter(all, counters, "parkings", "Changes that were parked", SubscriptionCounters::parked),
                counter(all, counters, "deaths", "Changes that became dead letters", SubscriptionCounters::dead));
    }

    private static Metric gauge(
            List<SubscriptionStatus> all, String name, String help, ToDoubleFunction<SubscriptionStatus> value) {
        List<Sample> samples = all.stream()
                .map(each -> new Sample(labels(each), value.applyAsDouble(each)))
                .toList();
        return new Metric(PREFIX + name, help, Kind.GAUGE, samples);
    }

    private static Metric counter(
            List<SubscriptionStatus> all,
            Map<String, SubscriptionCounters> counters,
            String name,
            String help,
            ToDoubleFunction<SubscriptionCounters> value) {
        List<Sample> samples = new ArrayList<>();
        for (SubscriptionStatus each : all) {
            SubscriptionCounters counted = counters.get(each.name());
            if (counted != null) {
                samples.add(new Sample(labels(each), value.applyAsDouble(counted)));
            }
        }
        return new Metric(PREFIX + name, help, Kind.COUNTER, samples);
    }

    private static Map<String, String> labels(SubscriptionStatus subscription) {
        return Map.of("subscription", subscription.name(), "database", subscription.database());
    }

    private static MetricSnapshot snapshot(Metric metric) {
        if (metric.kind() == Kind.COUNTER) {
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(metric.name()).help(metric.help());
            for (Sample sample : metric.samples()) {
                counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(labels(sample))
                        .value(sample.value())
                        .build());
            }
            return counter.build();
        }
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(metric.name()).help(metric.help());
        for (Sample sample : metric.samples()) {
            gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels(sample))
                    .value(sample.value())
                    .build());
        }
        return gauge.build();
    }

    private static Labels labels(Sample sample) {
        Labels.Builder labels = Labels.builder();
        sample.labels().forEach(labels::label);
        return labels.build();
    }

    @Override
    public void close() {
        collections.close();
    }
}
