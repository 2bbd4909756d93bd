package io.bactrian;

import io.bactrian.camel.routes.RouteFileStatus;
import io.bactrian.camel.routes.RouteFiles;
import io.bactrian.camel.routes.WaitingRoute;
import io.bactrian.capture.CaptureException;
import io.bactrian.capture.CaptureKeeper;
import io.bactrian.capture.CollectorStatus;
import io.bactrian.capture.Simulation;
import io.bactrian.database.Database;
import io.bactrian.doctor.DatabaseExamination;
import io.bactrian.doctor.Finding;
import io.bactrian.doctor.MachineExamination;
import io.bactrian.doctor.SubscriptionExamination;
import io.bactrian.hook.EndpointGuard;
import io.bactrian.http.OperatorActions;
import io.bactrian.journal.Journal;
import io.bactrian.store.Store;
import io.bactrian.subscription.RecentChanges;
import io.bactrian.subscription.SubscriptionStatus;
import io.bactrian.subscription.Subscriptions;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an operator may have the running platform do: look at itself, send a probe through, try a route file. Thread-safe. */
final class PlatformDoctor implements OperatorActions {
    private final PlatformSettings settings;
    private final Store store;
    private final Map<String, Database> databases;
    private final Map<String, CaptureKeeper> keepers;
    private final Map<String, Journal> journals;
    private final Subscriptions subscriptions;
    private final List<Supplier<List<Finding>>> more = new CopyOnWriteArrayList<>();
    private volatile @Nullable RouteFiles routes;

    PlatformDoctor(
            PlatformSettings settings,
            Store store,
            Map<String, Database> databases,
            Map<String, CaptureKeeper> keepers,
            Map<String, Journal> journals,
            Subscriptions subscriptions) {
        this.settings = settings;
        this.store = store;
        this.databases = databases;
        this.keepers = keepers;
        this.journals = journals;
        this.subscriptions = subscriptions;
    }

    /** The route files are there from now on. */
    void show(RouteFiles files) {
        routes = files;
    }

    /** Another room's part of the examination. */
    void alsoExamine(Supplier<List<Finding>> part) {
        more.add(part);
    }

    /** What outbound hooks may not reach though route files name it. */
    static List<Finding> hooks(Set<URI> targets, EndpointGuard guard) {
        List<Finding> findings = new ArrayList<>();
        for (URI target : targets) {
            Optional<String> refusal = guard.refusal(target.getHost(), target.getPort());
            findings.add(refusal.map(why -> Finding.failed(
                            "hook " + target, why, "change the route's URL, or bactrian.hooks.allow-cidr"))
                    .orElseGet(() -> Finding.ok("hook " + target, "may be sent to")));
        }
        return findings;
    }

    @Override
    public Object tryRoute(String file, String text, int last, @Nullable String database) {
        RouteFiles files = routes;
        if (files == null) {
            throw new IllegalStateException("The route files are being loaded: try again in a moment");
        }
        return files.tryOut(file, text, new RecentChanges(journals), last, database);
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(MachineExamination.java());
        findings.addAll(
                MachineExamination.data(settings.data(), settings.journal().maxSize()));
        databases.forEach((name, database) -> {
            CaptureKeeper keeper = keepers.get(name);
            Journal journal = journals.get(name);
            if (keeper != null && journal != null) {
                findings.addAll(new DatabaseExamination(database, keeper.capture(), store.id()).findings());
                collector(keeper).ifPresent(findings::add);
                findings.add(journal(journal));
            }
        });
        findings.addAll(SubscriptionExamination.of(subscriptions.list()));
        findings.addAll(routeFiles());
        more.forEach(part -> findings.addAll(part.get()));
        return findings;
    }

    private static Optional<Finding> collector(CaptureKeeper keeper) {
        if (!keeper.captures()) {
            return Optional.empty();
        }
        CollectorStatus status = keeper.collector();
        String subject = "collector " + keeper.database();
        if (!status.gaps().isEmpty()) {
            return Optional.of(
                    Finding.warning(
                            subject,
                            status.gaps().size() + " gaps in the journal, the last because "
                                    + status.gaps()
                                            .get(status.gaps().size() - 1)
                                            .reason(),
                            "compare the receivers with the tables where that matters; a gap goes with the journal's retention"));
        }
        String state = status.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Optional.of(
                status.state() == CollectorStatus.State.COLLECTING
                        ? Finding.ok(
                                subject,
                                "collecting since " + status.since()
                                        + (status.lastCollected() == null
                                                ? ", nothing yet"
                                                : ", the last change at " + status.lastCollected()))
                        : Finding.failed(subject, state + ": " + status.error(), null));
    }

    private Finding journal(Journal journal) {
        String subject = "journal " + journal.database();
        long size = MachineExamination.size(settings.data().resolve("journal").resolve(journal.database()));
        Instant oldest = journal.read(journal.first() - 1, 1).stream()
                .map(change -> change.collected())
                .findFirst()
                .orElse(null);
        String detail = "positions " + journal.first() + " to " + journal.last() + ", "
                + MachineExamination.bytes(size)
                + (oldest == null ? "" : ", the oldest of " + oldest);
        long most = settings.journal().maxSize();
        boolean cutShort = size > most / 10 * 9
                && oldest != null
                && oldest.plus(settings.journal().retention()).isAfter(Instant.now());
        return cutShort
                ? Finding.warning(
                        subject,
                        detail + "; it is full before its retention of "
                                + settings.journal().retention(),
                        "raise bactrian.journal.max-size (" + MachineExamination.bytes(most)
                                + "), or what is behind longer than it holds is stopped")
                : Finding.ok(subject, detail);
    }

    private List<Finding> routeFiles() {
        RouteFiles files = routes;
        if (files == null) {
            return List.of(Finding.warning("routes", "being loaded", "ask again in a moment"));
        }
        List<Finding> findings = new ArrayList<>();
        for (RouteFileStatus file : files.list()) {
            if (file.error() != null) {
                findings.add(Finding.failed(
                        file.file()
                                + (file.error().line() > 0 ? ":" + file.error().line() : ""),
                        file.error().message()
                                + (file.state() == RouteFileStatus.State.OLD_VERSION_RUNNING
                                        ? "; the version before runs on"
                                        : ""),
                        "mend the file; saving it loads it"));
            } else {
                findings.add(Finding.ok(
                        file.file(),
                        file.routes().isEmpty() ? "loaded, no route" : "runs " + String.join(", ", file.routes())));
            }
            for (WaitingRoute waiting : file.waiting()) {
                findings.add(Finding.failed(
                        file.file(),
                        waiting.route() + " can't start yet: " + waiting.cause(),
                        "mend the cause; it is tried again by itself"));
            }
            file.warnings().forEach(warning -> findings.add(Finding.warning(file.file(), warning, null)));
        }
        return findings;
    }

    /** @param millis null where it can't be told */
    record Hop(String name, @Nullable Double millis, boolean ok, String detail) {}

    record Simulated(String database, boolean ok, List<Hop> hops) {}

    @Override
    public Object simulate(String name) {
        Database database = databases.get(name);
        CaptureKeeper keeper = keepers.get(name);
        if (database == null || keeper == null) {
            throw new IllegalArgumentException(
                    "There is no database '" + name + "': there is " + String.join(", ", databases.keySet()));
        }
        List<Hop> hops = new ArrayList<>();
        try {
            for (Simulation.Hop hop : keeper.simulation(database).run()) {
                hops.add(new Hop(hop.name(), millis(hop.took()), hop.ok(), hop.detail()));
            }
        } catch (CaptureException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        for (SubscriptionStatus each : subscriptions.list()) {
            if (each.database().equals(name)) {
                hops.add(handOver(each));
            }
        }
        return new Simulated(name, hops.stream().allMatch(Hop::ok), hops);
    }

    private static @Nullable Double millis(@Nullable Duration took) {
        return took == null ? null : Math.round(took.toNanos() / 1_000.0) / 1_000.0;
    }

    /** A probe is handed to nobody: what would become of a change follows from where the subscription is. */
    private static Hop handOver(SubscriptionStatus each) {
        boolean runs = each.state() == SubscriptionStatus.State.RUNNING;
        String detail = !runs
                ? "a change would wait: it is " + each.state().name().toLowerCase(Locale.ROOT)
                : each.lag() > 0
                        ? "a change would be handed over after " + each.lag() + " that are before it"
                        : "a change would be handed over at once";
        // A pause that someone asked for is no fault.
        return new Hop("subscription " + each.name(), null, each.state() != SubscriptionStatus.State.STOPPED, detail);
    }
}
