package io.bactrian;

import io.bactrian.PlatformSettings.CapturedDatabase;
import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerException;
import io.bactrian.camel.CamelPlatform;
import io.bactrian.camel.Rooms;
import io.bactrian.camel.hook.OutboundTargets;
import io.bactrian.camel.jetty.PlatformJetty;
import io.bactrian.camel.kafka.KafkaExamination;
import io.bactrian.camel.routes.CompilerWarmUp;
import io.bactrian.camel.routes.RouteFiles;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureKeeper;
import io.bactrian.capture.Collector;
import io.bactrian.cli.StartException;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.doctor.BrokerExamination;
import io.bactrian.hook.EndpointGuard;
import io.bactrian.hook.HookClient;
import io.bactrian.hook.InboundHooks;
import io.bactrian.http.ApiKeys;
import io.bactrian.http.HttpServer;
import io.bactrian.http.HttpStartException;
import io.bactrian.http.ServedDatabase;
import io.bactrian.http.ServedRooms;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalException;
import io.bactrian.store.Store;
import io.bactrian.store.StoreException;
import io.bactrian.subscription.Subscriptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running platform: its rooms, wired by hand. Parts are closed in the reverse of the order in which they were made;
 * a start that fails half-way closes what it had made.
 */
final class Platform implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

    /** A database that doesn't answer must not keep the others waiting. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

    private final PlatformSettings settings;
    private final Clock clock = Clock.systemUTC();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<String, Database> databases = new LinkedHashMap<>();
    private final Map<String, Journal> journals = new LinkedHashMap<>();
    private final Map<String, CaptureKeeper> keepers = new LinkedHashMap<>();
    private volatile int port;

    private Platform(PlatformSettings settings) {
        this.settings = settings;
    }

    /** Starts the platform and stays until it is ready, or else until the process is told to end. */
    static void run(Configuration configuration, boolean untilReady) throws InterruptedException {
        long started = System.nanoTime();
        CountDownLatch stopped = new CountDownLatch(1);
        Platform platform = start(configuration);
        Thread stop = new Thread(
                () -> {
                    LOG.info("Stopping");
                    platform.close();
                    LOG.info("Stopped");
                    stopped.countDown();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(stop);
        LOG.info("Ready in {} ms", (System.nanoTime() - started) / 1_000_000);
        if (!untilReady) {
            stopped.await();
        }
    }

    /**
     * Starts it.
     *
     * @throws StartException where it can't start, with the remedy
     */
    static Platform start(Configuration configuration) {
        try {
            Platform platform = new Platform(PlatformSettings.of(configuration));
            platform.startOrClose();
            return platform;
        } catch (StoreException
                | JournalException
                | BrokerException
                | HttpStartException
                | IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The HTTP port it listens on. */
    int port() {
        return port;
    }

    private void startOrClose() {
        boolean complete = false;
        try {
            startParts();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private void startParts() {
        CompilerWarmUp.begin(settings.routes().directory());
        Store store = made(Store.open(settings.data()));
        // It starts beside all that follows.
        Optional<Broker> broker = settings.broker().present()
                ? Optional.of(made(Broker.begin(settings.broker(), clock)))
                : Optional.empty();
        settings.databases().forEach(each -> open(store, each));
        Subscriptions subscriptions = made(new Subscriptions(store, journals, settings.attempts(), clock));
        // While they look at their databases, the rest is made.
        keepers.values().forEach(CaptureKeeper::start);
        InboundHooks hooks = made(new InboundHooks());
        OperatorView view =
                new OperatorView(List.copyOf(databases.values()), List.copyOf(keepers.values()), subscriptions, broker);
        PlatformDoctor doctor = new PlatformDoctor(settings, store, databases, keepers, journals, subscriptions);
        HttpServer http = made(new HttpServer(settings.http(), served(store, hooks, subscriptions, view, doctor)));
        http.start();
        port = http.port();
        HookClient client = made(new HookClient(settings.hooks(), guard(), clock));
        CamelPlatform camel = made(CamelPlatform.create(
                new Rooms(databases, subscriptions, hooks, clock),
                settings.properties(),
                PlatformComponents.of(settings, broker.orElse(null))));
        camel.context().getRegistry().bind("bactrianHookClient", HookClient.class, client);
        PlatformJetty jetty =
                PlatformJetty.install(camel.context(), settings.http().host(), port);
        http.mountRoutes(jetty.servlet());
        camel.start();
        awaitFirstLooks();
        broker.ifPresent(Broker::awaitStarted);
        RouteFiles routes = made(new RouteFiles(
                camel.context(), settings.routes(), removed -> removed.forEach(subscriptions::orphan), clock));
        // In the order of stopping: nothing new comes in, then all subscriptions drain side by side, then routes stop.
        made(subscriptions::close);
        made(http::drain);
        routes.start();
        subscriptions.orphanUnopened();
        http.routesLoaded();
        view.show(routes);
        doctor.show(routes);
        broker.ifPresent(each -> doctor.alsoExamine(new BrokerExamination(each)::findings));
        doctor.alsoExamine(new KafkaExamination(camel.context())::findings);
        doctor.alsoExamine(() -> PlatformDoctor.hooks(OutboundTargets.of(camel.context()), guard()));
        made(new Chores(databases.values(), settings.appliedRetention(), clock));
    }

    private void awaitFirstLooks() {
        Instant until = clock.instant().plus(FIRST_LOOK);
        keepers.values().forEach(keeper -> keeper.awaitFirstLook(Duration.between(clock.instant(), until)));
    }

    private void open(Store store, CapturedDatabase each) {
        String name = each.database().name();
        if (each.demo()) {
            DemoDatabase.makeWhereMissing(each.database().url());
        }
        Database database = made(Database.open(each.database()));
        databases.put(name, database);
        Journal journal = made(Journal.open(
                store.directory(),
                name,
                settings.journal(),
                table -> database.catalog().rowType(table),
                clock));
        journals.put(name, journal);
        keepers.put(
                name,
                made(new CaptureKeeper(
                        name, new Capture(database, each.capture()), new Collector(database, journal, store, clock))));
    }

    private ServedRooms served(
            Store store, InboundHooks hooks, Subscriptions subscriptions, OperatorView view, PlatformDoctor doctor) {
        List<ServedDatabase> served = new ArrayList<>();
        databases.values().forEach(database -> served.add(new ServedDatabase(database)));
        return new ServedRooms(
                new ApiKeys(store, settings.adminKey().orElse(null), clock),
                hooks,
                subscriptions,
                served,
                this::isCaptured,
                view,
                doctor);
    }

    private boolean isCaptured(String database, String table) {
        CaptureKeeper keeper = keepers.get(database);
        return keeper != null && keeper.isCaptured(table);
    }

    private EndpointGuard guard() {
        Set<Integer> own = Set.of(port);
        return new EndpointGuard(settings.hooks().allowCidr(), own::contains, SystemDefaultDnsResolver.INSTANCE);
    }

    private <T extends AutoCloseable> T made(T part) {
        parts.push(part);
        return part;
    }

    /** Closes every part, the last made first; one that fails keeps none from closing. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} didn't stop in order", part.getClass().getSimpleName(), e);
            }
        }
    }
}
