package io.bactrian.http;

import io.bactrian.http.Metric.Kind;
import io.bactrian.http.Metric.Sample;
import io.bactrian.subscription.SubscriptionStatus;
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
        metrics.addAll(ofSubscriptions(subscriptions.list()));
        metrics.addAll(platform.metrics());
        return new MetricSnapshots(
                metrics.stream().map(MetricsEndpoint::snapshot).toList());
    }

    private static List<Metric> ofSubscriptions(List<SubscriptionStatus> all) {
        return List.of(
                family(all, "position", "All changes up to here are done or parked", SubscriptionStatus::position),
                family(all, "lag", "Changes after the position", SubscriptionStatus::lag),
                family(all, "lag_seconds", "Age of the oldest of them", SubscriptionStatus::lagSeconds),
                family(all, "parked", "Changes that wait for their next try", SubscriptionStatus::parked),
                family(all, "dead_letters", "Changes given up on", SubscriptionStatus::deadLetters),
                family(
                        all,
                        "running",
                        "1 where it runs",
                        each -> each.state() == SubscriptionStatus.State.RUNNING ? 1 : 0));
    }

    private static Metric family(
            List<SubscriptionStatus> all, String name, String help, ToDoubleFunction<SubscriptionStatus> value) {
        List<Sample> samples = all.stream()
                .map(each -> new Sample(
                        Map.of("subscription", each.name(), "database", each.database()), value.applyAsDouble(each)))
                .toList();
        return new Metric("bactrian_subscription_" + name, help, Kind.GAUGE, samples);
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
