package io.bactrian.camel.routes;

import io.bactrian.subscription.RecentChanges;
import io.bactrian.subscription.SubscriptionException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the live context's routes as the route files say. Each file (`*.xml`, `*.yaml`, `*.java`, in folders as one
 * likes) is one unit: adding, editing or deleting it touches only its own routes, whose in-flight exchanges are
 * finished, and a file that doesn't load leaves what ran running (invariant 16).
 *
 * <p>The context must be started before {@link #start}. Routes that can't start yet are tried again here: the context
 * needs no supervising route controller. Thread-safe.
 */
public final class RouteFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final Duration RETRY_TICK = Duration.ofMillis(250);
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final CamelContext context;
    private final RouteFilesSettings settings;
    private final DirectoryWatch watch;
    private final RouteStarts starts;
    private final RouteUnits units;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<RouteFileStatus> statuses = List.of();
    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile boolean closing;
    private @Nullable Thread thread;

    public RouteFiles(CamelContext context, RouteFilesSettings settings, RouteListener listener, Clock clock) {
        this.context = context;
        this.settings = settings;
        this.watch = new DirectoryWatch(settings.directory(), settings.quiet(), settings.poll());
        LiveRoutes live = new LiveRoutes(context, settings.drain());
        this.starts = new RouteStarts(context, live, clock);
        this.units = new RouteUnits(context, live, starts, listener, clock);
    }

    /** Loads all files, then watches them. Broken files are reported and stop nothing. */
    public void start() {
        if (!context.isStarted()) {
            throw new IllegalStateException("the Camel context must be started before its route files are loaded");
        }
        if (!Files.isDirectory(settings.directory())) {
            LOG.warn(
                    "There is no folder {}: no routes (bactrian.routes.directory)",
                    settings.directory().toAbsolutePath());
        }
        locked(() -> units.begin(watch.all()));
        Thread worker = new Thread(this::run, "bactrian-routes");
        worker.setDaemon(true);
        worker.start();
        thread = worker;
    }

    private void run() {
        try {
            while (!closing) {
                Duration wait = isIdle() ? FOR_EVER : RETRY_TICK;
                if (settings.reload()) {
                    DirectoryWatch.Batch batch = watch.await(wait);
                    if (!batch.isEmpty() && !closing) {
                        locked(() -> units.apply(batch));
                    }
                } else {
                    TimeUnit.NANOSECONDS.sleep(wait.toNanos());
                }
                if (!isIdle() && !closing) {
                    locked(() -> {
                        starts.retryDue();
                        units.retryDue();
                    });
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private boolean isIdle() {
        return starts.isIdle() && units.isIdle();
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } catch (RuntimeException e) {
            // The thread must outlive what nobody foresaw: later saves may be fine.
            LOG.error("Route files couldn't be taken over", e);
        } finally {
            statuses = units.list();
            lock.unlock();
        }
    }

    /** All route files by name. */
    public List<RouteFileStatus> list() {
        return statuses;
    }

    /** The names of all subscriptions that running routes read. */
    public Set<String> subscriptions() {
        lock.lock();
        try {
            return units.subscriptions();
        } finally {
            lock.unlock();
        }
    }

    /** Checks a file's present text as a save would, and loads nothing. */
    public Optional<RouteFileError> validate(Path file) throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        String content = DirectoryWatch.read(absolute);
        if (content == null) {
            throw new IOException(file + " can't be read");
        }
        lock.lock();
        try {
            return units.validate(watch.text(absolute, content));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a route file's text on changes of the past in a context of its own, and tells what it would send; loads
     * nothing, moves nothing. What its routes do other than through endpoints (Java, scripts) is really done.
     *
     * @param file the file's name, by which its kind is known; its place doesn't matter
     * @param last how many changes each of its routes is given, at most
     * @param database whose changes; null for the one that each route names
     * @throws IllegalArgumentException where the name isn't a route file's
     * @throws io.bactrian.subscription.SubscriptionException where there is no such database, or another trial runs
     */
    public RouteTrialReport tryOut(
            String file, String text, RecentChanges recent, int last, @Nullable String database) {
        Path name = Path.of(file).getFileName();
        if (name == null || !DirectoryWatch.isRouteFile(name)) {
            throw new IllegalArgumentException(
                    "'" + file + "' is no route file's name: it ends with .xml, .yaml or .java");
        }
        if (!trying.compareAndSet(false, true)) {
            throw new SubscriptionException("Another route file is being tried: wait until that is done");
        }
        try {
            RouteText tried =
                    watch.text(settings.directory().toAbsolutePath().normalize().resolve(name), text);
            return new RouteTrial(context, recent).run(tried, servingTexts(tried), last, database);
        } finally {
            trying.set(false);
        }
    }

    private List<RouteText> servingTexts(RouteText tried) {
        lock.lock();
        try {
            return units.servingTexts(tried.name());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watching. The routes run on until their context stops. */
    @Override
    public void close() {
        closing = true;
        Thread worker = thread;
        // Not in the middle of a swap: an interrupt would leave routes half stopped.
        lock.lock();
        try {
            watch.close();
            if (worker != null) {
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (worker != null) {
            try {
                worker.join(settings.drain().toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
