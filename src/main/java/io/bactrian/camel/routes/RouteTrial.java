package io.bactrian.camel.routes;

import io.bactrian.camel.ChangesRoutes;
import io.bactrian.camel.Rooms;
import io.bactrian.change.Change;
import io.bactrian.subscription.ChangeHandler;
import io.bactrian.subscription.ChangeSource;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.RecentChanges;
import io.bactrian.subscription.SubscriptionException;
import io.bactrian.subscription.SubscriptionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * Runs a route file's text on changes of the past, in a context of its own: what it would send is noted and not sent,
 * and of its routes only those from {@code changes:} and those that these call run. No subscription is opened and no
 * position moves.
 *
 * <p>What a route does by itself rather than through an endpoint (Java, scripts, beans) is really done. One trial at a
 * time; within a time limit.
 */
final class RouteTrial {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** A thread that is about to take a message up doesn't show. */
    private static final Duration QUIET = Duration.ofMillis(100);
    /** What routes hand to each other within the process. */
    private static final List<String> BETWEEN_ROUTES = List.of("direct", "seda", "kamelet");

    private final CamelContext live;
    private final RecentChanges recent;
    private final List<Opened> opened = new CopyOnWriteArrayList<>();
    private final TrialSends sends = new TrialSends();
    private int fed;
    private final long until = System.nanoTime() + LIMIT.toNanos();

    private record Opened(SubscriptionSettings settings, ChangeHandler handler) {}

    RouteTrial(CamelContext live, RecentChanges recent) {
        this.live = live;
        this.recent = recent;
    }

    /**
     * @param serving other files' texts with the templates and route configurations that it may use
     * @param database whose changes it is tried on; null for the one that each route names
     */
    RouteTrialReport run(RouteText text, List<RouteText> serving, int last, @Nullable String database) {
        DefaultCamelContext scratch = ScratchContext.over(live);
        TextLoading loading = new TextLoading(scratch, text, id -> null);
        try {
            prepare(scratch);
            // Nothing starts by itself in it.
            scratch.start();
            SyntaxCheck.check(text);
            for (RouteText other : serving) {
                new TextLoading(scratch, other, id -> null).load();
            }
            loading = new TextLoading(scratch, text, id -> null);
            loading.load();
            Loaded loaded = loading.checkedResult();
            List<String> idle = startChosen(scratch, loaded);
            List<RouteTrialReport.Tried> tried = new ArrayList<>();
            for (Opened each : opened) {
                tried.add(feed(scratch, each, last, database));
            }
            return new RouteTrialReport(text.name(), null, tried, idle, loaded.warnings());
        } catch (SubscriptionException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError e) {
            RouteFileException cause = Causes.explain(text, loading.result().routes(), e);
            RouteFileError error = new RouteFileError(cause.line(), String.valueOf(cause.getMessage()));
            return new RouteTrialReport(text.name(), error, List.of(), List.of(), List.of());
        } finally {
            scratch.stop();
        }
    }

    private void prepare(DefaultCamelContext scratch) {
        scratch.getCamelContextExtension().registerEndpointCallback(sends::guarded);
        scratch.getCamelContextExtension().addLogListener((exchange, logger, message) -> {
            sends.said(exchange, message);
            return message;
        });
        ChangeSource source = (settings, handler) -> {
            opened.add(new Opened(settings, handler));
            return () -> {};
        };
        scratch.getRegistry().bind(Rooms.CHANGE_SOURCE, ChangeSource.class, source);
        // A failure belongs into the report, not into the platform's log.
        scratch.addModelLifecycleStrategy(new ChangesRoutes(scratch));
    }

    /** @return those that were left alone */
    private static List<String> startChosen(DefaultCamelContext scratch, Loaded loaded) throws Exception {
        List<String> idle = new ArrayList<>();
        List<String> chosen = new ArrayList<>();
        for (RouteDefinition route : loaded.toStart()) {
            String uri = route.getInput().getEndpointUri();
            boolean runs = SubscriptionRoutes.subscriptionOf(scratch, route).isPresent()
                    || BETWEEN_ROUTES.contains(StringHelper.before(uri, ":", uri));
            (runs ? chosen : idle).add(route.getRouteId());
        }
        for (String route : chosen) {
            scratch.getCamelContextExtension().getInternalRouteController().startRoute(route);
        }
        return idle;
    }

    private RouteTrialReport.Tried feed(CamelContext scratch, Opened each, int last, @Nullable String database)
            throws InterruptedException {
        SubscriptionSettings settings = each.settings();
        RecentChanges.Found found = recent.last(database == null ? settings : settings.withDatabase(database), last);
        List<Ended> ended = new ArrayList<>();
        List<Change> told = found.told();
        int first = fed;
        for (int from = 0; from < told.size(); from += settings.batch()) {
            List<Change> changes = told.subList(from, Math.min(told.size(), from + settings.batch()));
            ended.add(deliver(each, List.copyOf(changes)));
        }
        awaitQuiet(scratch);
        List<RouteTrialReport.Delivery> deliveries = new ArrayList<>();
        for (Ended one : ended) {
            deliveries.add(new RouteTrialReport.Delivery(
                    one.told(), one.outcome(), one.error(), sends.of(first + deliveries.size())));
        }
        List<RouteTrialReport.Dropped> dropped = found.dropped().stream()
                .map(drop -> new RouteTrialReport.Dropped(
                        RouteTrialReport.Told.of(drop.change()),
                        String.valueOf(drop.reason()).toLowerCase(Locale.ROOT)))
                .toList();
        return new RouteTrialReport.Tried(
                settings.name(), database == null ? settings.database() : database, deliveries, dropped);
    }

    private record Ended(
            List<RouteTrialReport.Told> told,
            String outcome,
            @Nullable String error) {}

    private Ended deliver(Opened each, List<Change> changes) throws InterruptedException {
        sends.begin(fed++, changes);
        List<RouteTrialReport.Told> told =
                changes.stream().map(RouteTrialReport.Told::of).toList();
        if (System.nanoTime() > until) {
            return new Ended(told, "not-tried", timeIsUp());
        }
        CompletableFuture<DeliveryOutcome> done = new CompletableFuture<>();
        try {
            each.handler().handle(changes, 1, 0, done::complete);
            DeliveryOutcome outcome = done.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            return new Ended(
                    told, wordOf(outcome), causeOf(outcome).map(Causes::deepest).orElse(null));
        } catch (TimeoutException e) {
            return new Ended(told, "unfinished", timeIsUp());
        } catch (ExecutionException | RuntimeException e) {
            return new Ended(told, "failed", Causes.deepest(e));
        }
    }

    private static String timeIsUp() {
        return "a trial ends after " + LIMIT.toSeconds() + " s: try fewer changes, or look what keeps the route";
    }

    /** A wire tap's or a queue's exchanges end after the one that began them. */
    private void awaitQuiet(CamelContext scratch) {
        long quietSince = System.nanoTime();
        int count = sends.count();
        while (System.nanoTime() < until && System.nanoTime() - quietSince < QUIET.toNanos()) {
            LockSupport.parkNanos(1_000_000);
            if (pending(scratch) > 0 || scratch.getInflightRepository().size() > 0 || sends.count() != count) {
                count = sends.count();
                quietSince = System.nanoTime();
            }
        }
    }

    /** What a stop of the routes would wait for. */
    private static int pending(CamelContext scratch) {
        int pending = 0;
        for (RouteStartupOrder route : scratch.getCamelContextExtension().getRouteStartupOrder()) {
            for (Service service : route.getServices()) {
                if (service instanceof ShutdownAware waiting) {
                    pending += waiting.getPendingExchangesSize();
                }
            }
        }
        return pending;
    }

    private static String wordOf(DeliveryOutcome outcome) {
        return switch (outcome.getClass().getSimpleName()) {
            case "Delivered" -> "delivered";
            case "RetryAt" -> "retry-at";
            case "GivenUp" -> "given-up";
            case "Disabled" -> "disabled";
            default -> "failed";
        };
    }

    private static Optional<Throwable> causeOf(DeliveryOutcome outcome) {
        if (outcome instanceof DeliveryOutcome.Failed failed) {
            return Optional.of(failed.cause());
        }
        if (outcome instanceof DeliveryOutcome.RetryAt retry) {
            return Optional.of(retry.cause());
        }
        if (outcome instanceof DeliveryOutcome.GivenUp givenUp) {
            return Optional.of(givenUp.cause());
        }
        return outcome instanceof DeliveryOutcome.Disabled disabled ? Optional.of(disabled.cause()) : Optional.empty();
    }
}
