package io.bactrian.hook;

import io.bactrian.subscription.DeliveryOutcome;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.async.MinimalHttpAsyncClient;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Delivers outbound hooks: signed, guarded, over kept-alive HTTP/1.1 connections. It never retries and never follows a
 * redirect.
 *
 * <p>Thread-safe; {@link #send} doesn't block. Outcomes are told on one of two I/O threads that all deliveries share:
 * who is told must not block there. What hangs at one endpoint holds only that endpoint's connections (invariant 6).
 */
public final class HookClient implements AutoCloseable {
    private static final int IO_THREADS = 2;
    private static final int NAME_THREADS = 32;
    private static final long TICK_MILLIS = 200;
    private static final TimeValue IDLE = TimeValue.ofSeconds(30);

    private final Clock clock;
    private final CheckedAddresses addresses;
    private final PoolingAsyncClientConnectionManager connections;
    private final MinimalHttpAsyncClient client;
    private final ThreadPoolExecutor nameThreads;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<HookCall> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Starts the client's threads; {@link #close} ends them. */
    public HookClient(HookSettings settings, EndpointGuard guard, Clock clock) {
        this.clock = clock;
        nameThreads = new ThreadPoolExecutor(
                NAME_THREADS, NAME_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("hook-names"));
        nameThreads.allowCoreThreadTimeOut(true);
        addresses = new CheckedAddresses(guard, nameThreads, System::nanoTime);
        connections = PoolingAsyncClientConnectionManagerBuilder.create()
                .setDnsResolver(addresses)
                // Locks per endpoint, and no total that one endpoint could use up.
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(settings.connectionsPerEndpoint())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofSeconds(5))
                        .setIdleTimeout(Timeout.ofSeconds(30))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                .build();
        client = HttpAsyncClients.createMinimal(
                H2Config.DEFAULT,
                Http1Config.custom()
                        .setMaxHeaderCount(200)
                        .setMaxLineLength(16 * 1024)
                        .build(),
                IOReactorConfig.custom()
                        .setIoThreadCount(IO_THREADS)
                        .setTcpNoDelay(true)
                        .build(),
                connections);
        client.start();
        timer = new ScheduledThreadPoolExecutor(1, named("hook-timer"));
        var unused = timer.scheduleWithFixedDelay(this::expire, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        var unusedToo = timer.scheduleWithFixedDelay(() -> connections.closeIdle(IDLE), 10, 10, TimeUnit.SECONDS);
    }

    /**
     * Sends one request.
     *
     * @param done told the outcome exactly once: from an I/O thread, or from the caller's where it is known at once
     */
    public void send(HookRequest request, Consumer<DeliveryOutcome> done) {
        long deadline = System.nanoTime() + request.target().timeout().toNanos();
        HookCall call = new HookCall(request, clock, deadline, (ended, outcome) -> {
            underWay.remove(ended);
            done.accept(outcome);
        });
        underWay.add(call);
        if (closed) {
            call.cancel();
            return;
        }
        var host = request.target().host();
        CompletableFuture<Void> lookup = addresses.prepare(host.getHostName(), host.getPort());
        if (lookup == null) {
            execute(call);
        } else {
            var unused = lookup.whenComplete((nothing, failure) -> {
                if (failure == null) {
                    execute(call);
                } else {
                    call.fail(failure);
                }
            });
        }
    }

    private void execute(HookCall call) {
        try {
            HttpClientContext context = HttpClientContext.create();
            context.setRequestConfig(call.target().config());
            call.runs(client.execute(call, null, context));
        } catch (RuntimeException e) {
            call.fail(e);
        }
    }

    private void expire() {
        long now = System.nanoTime();
        for (HookCall call : underWay) {
            call.expire(now);
        }
    }

    /** Deliveries under way fail. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        nameThreads.shutdownNow();
        for (HookCall call : underWay) {
            call.cancel();
        }
        // First the connections: a graceful end of the reactor waits for those in use.
        connections.close(CloseMode.IMMEDIATE);
        client.close(CloseMode.GRACEFUL);
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + '-' + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
