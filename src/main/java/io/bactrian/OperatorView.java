package io.bactrian;

import io.bactrian.camel.routes.RouteFileStatus;
import io.bactrian.camel.routes.RouteFiles;
import io.bactrian.camel.routes.WaitingRoute;
import io.bactrian.capture.CaptureKeeper;
import io.bactrian.capture.CaptureStatus;
import io.bactrian.capture.CollectorStatus;
import io.bactrian.database.Database;
import io.bactrian.http.Metric;
import io.bactrian.http.PlatformView;
import io.bactrian.http.Readiness;
import io.bactrian.http.Readiness.Check;
import io.bactrian.subscription.SubscriptionStatus;
import io.bactrian.subscription.Subscriptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the rooms know, as the operator's API shows it. Asks no database. Thread-safe. */
final class OperatorView implements PlatformView {
    private final List<CaptureKeeper> keepers;
    private final List<Database> databases;
    private final Subscriptions subscriptions;
    private volatile @Nullable RouteFiles routes;

    OperatorView(List<Database> databases, List<CaptureKeeper> keepers, Subscriptions subscriptions) {
        this.databases = databases;
        this.keepers = keepers;
        this.subscriptions = subscriptions;
    }

    /** The route files are there from now on. */
    void show(RouteFiles files) {
        routes = files;
    }

    @Override
    public List<RouteFileStatus> routes() {
        RouteFiles files = routes;
        return files == null ? List.of() : files.list();
    }

    @Override
    public List<?> capture() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (CaptureKeeper keeper : keepers) {
            Map<String, @Nullable Object> state = new LinkedHashMap<>();
            state.put("database", keeper.database());
            state.put("triggers", keeper.status().orElse(null));
            state.put("collector", keeper.captures() ? keeper.collector() : null);
            state.put("trouble", keeper.trouble().orElse(null));
            list.add(state);
        }
        return list;
    }

    @Override
    public List<?> databases() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            Database database = databases.get(i);
            Optional<CaptureStatus> seen = keepers.get(i).status();
            Optional<String> error = seen.map(CaptureStatus::error);
            Map<String, @Nullable Object> state = new LinkedHashMap<>();
            state.put("name", database.name());
            state.put("product", database.dialect().product());
            state.put("state", seen.isEmpty() ? "connecting" : error.isPresent() ? "unreachable" : "connected");
            state.put("error", error.orElse(null));
            list.add(state);
        }
        return list;
    }

    @Override
    public Readiness readiness() {
        List<Check> checks = new ArrayList<>();
        RouteFiles files = routes;
        checks.add(new Check("routes", files != null, files == null ? "being loaded" : null));
        for (RouteFileStatus file : routes()) {
            for (WaitingRoute waiting : file.waiting()) {
                checks.add(new Check(
                        "route " + waiting.route(),
                        false,
                        "can't start yet, it is tried again by itself: " + waiting.cause()));
            }
        }
        for (CaptureKeeper keeper : keepers) {
            String error = keeper.trouble()
                    .or(() -> keeper.status().map(status -> status.error()))
                    .orElse(null);
            checks.add(new Check("database " + keeper.database(), error == null, error));
            if (keeper.captures()) {
                CollectorStatus collector = keeper.collector();
                checks.add(new Check(
                        "collector " + keeper.database(),
                        collector.state() == CollectorStatus.State.COLLECTING,
                        collector.error()));
            }
        }
        for (SubscriptionStatus each : subscriptions.list()) {
            // A pause that an operator asked for, and an orphan, are no fault of the platform's.
            checks.add(new Check(
                    "subscription " + each.name(), each.state() != SubscriptionStatus.State.STOPPED, each.lastError()));
        }
        return Readiness.of(checks);
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                gauge(
                        "bactrian_collector_backlog_rows",
                        "Rows that wait in the trigger table, as far as known",
                        CollectorStatus::backlog),
                gauge(
                        "bactrian_collector_collecting",
                        "1 while changes are collected",
                        status -> status.state() == CollectorStatus.State.COLLECTING ? 1 : 0),
                gauge("bactrian_journal_position", "The journal's last position", CollectorStatus::position),
                gauge(
                        "bactrian_journal_gaps",
                        "Gaps that the journal holds",
                        status -> status.gaps().size()),
                new Metric(
                        "bactrian_attempts_dropped",
                        "Attempts that got through and are not on record, because writing could not keep up",
                        Metric.Kind.COUNTER,
                        List.of(new Metric.Sample(Map.of(), subscriptions.droppedAttempts()))));
    }

    private Metric gauge(String name, String help, ToDoubleFunction<CollectorStatus> figure) {
        List<Metric.Sample> samples = keepers.stream()
                .filter(CaptureKeeper::captures)
                .map(keeper -> new Metric.Sample(
                        Map.of("database", keeper.database()), figure.applyAsDouble(keeper.collector())))
                .toList();
        return new Metric(name, help, Metric.Kind.GAUGE, samples);
    }
}
