package io.bactrian.hook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * The guard's answers, kept for some seconds: what the HTTP client dials, and nothing else.
 *
 * <p>Names are looked up off the client's I/O threads, once for all who wait for the same name, so that a name service
 * that hangs for one endpoint delays no other (invariant 6). Thread-safe.
 */
final class CheckedAddresses implements DnsResolver {
    private static final long FRESH_NANOS = 10_000_000_000L;
    private static final int MOST_ENTRIES = 10_000;

    private record Endpoint(String host, int port) {}

    private record Entry(List<InetSocketAddress> addresses, long until) {}

    private final EndpointGuard guard;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Map<Endpoint, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Endpoint, CompletableFuture<Void>> lookups = new ConcurrentHashMap<>();

    CheckedAddresses(EndpointGuard guard, Executor executor, LongSupplier nanoTime) {
        this.guard = guard;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** Null where the addresses are at hand, else what completes when they are, or fails with the reason. */
    @Nullable
    CompletableFuture<Void> prepare(String host, int port) {
        Endpoint endpoint = new Endpoint(host, port);
        if (fresh(endpoint) != null) {
            return null;
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> running = lookups.putIfAbsent(endpoint, mine);
        if (running != null) {
            return running;
        }
        executor.execute(() -> lookUp(endpoint, mine));
        return mine;
    }

    private void lookUp(Endpoint endpoint, CompletableFuture<Void> waiting) {
        @Nullable Throwable failure = null;
        try {
            resolve(endpoint.host(), endpoint.port());
        } catch (UnknownHostException | RuntimeException e) {
            failure = e;
        }
        lookups.remove(endpoint);
        if (failure == null) {
            waiting.complete(null);
        } else {
            waiting.completeExceptionally(failure);
        }
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        Endpoint endpoint = new Endpoint(host, port);
        Entry known = fresh(endpoint);
        if (known != null) {
            return known.addresses();
        }
        List<InetSocketAddress> checked = guard.checked(host, port);
        if (entries.size() >= MOST_ENTRIES) {
            entries.clear();
        }
        entries.put(endpoint, new Entry(checked, nanoTime.getAsLong() + FRESH_NANOS));
        return checked;
    }

    private @Nullable Entry fresh(Endpoint endpoint) {
        Entry entry = entries.get(endpoint);
        return entry != null && nanoTime.getAsLong() - entry.until() < 0 ? entry : null;
    }

    /** Never: without the port the guard can't tell our own listeners. */
    @Override
    public InetAddress[] resolve(String host) {
        throw new UnsupportedOperationException("Addresses are checked together with the port");
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
