package io.bactrian.camel.hook;

import io.bactrian.camel.Rooms;
import io.bactrian.hook.InboundHooks;
import io.bactrian.hook.InboundHooks.Answer;
import io.bactrian.hook.InboundHooks.Call;
import io.bactrian.hook.InboundHooks.InboundHook;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an inbound hook: one verified call, one exchange, answered when the route is done with it (invariant 8).
 *
 * <p>Once it stops, calls that still reach it go to the route that takes its place, and the route's shutdown waits for
 * those under way: a reload under traffic fails none.
 */
final class HookConsumer extends DefaultConsumer implements ShutdownAware {
    private static final Logger LOG = LoggerFactory.getLogger(HookConsumer.class);

    /** A hook and where it is served. */
    private record Served(InboundHooks hooks, InboundHook hook) {}

    private final HookEndpoint endpoint;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger failedInARow = new AtomicInteger();
    /** Kept after the stop: a late call is passed on by it. */
    private volatile @Nullable Served served;

    private volatile boolean open;

    HookConsumer(HookEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Rooms rooms = Rooms.of(endpoint.getCamelContext());
        InboundOptions options = endpoint.getInbound();
        String name = endpoint.getTarget();
        InboundHook hook = new InboundHook(
                name,
                options.verifier(name, endpoint.getSecret(), rooms.clock()),
                options.maxBytes(),
                options.needsKey(),
                this::handle);
        served = new Served(rooms.hooks(), hook);
        open = true;
        try {
            rooms.hooks().add(hook);
        } catch (RuntimeException e) {
            open = false;
            throw e;
        }
    }

    @Override
    protected void doStop() throws Exception {
        boolean wasOpen = open;
        open = false;
        Served was = served;
        if (wasOpen && was != null) {
            was.hooks().remove(was.hook());
        }
        super.doStop();
    }

    private void handle(Call call, Consumer<Answer> answer) {
        // First counted, then looked whether still open: the shutdown does it the other way round.
        underWay.incrementAndGet();
        if (!open) {
            underWay.decrementAndGet();
            Served was = Objects.requireNonNull(served);
            was.hooks().handleLate(was.hook(), call, answer);
            return;
        }
        Optional<String> fault = JsonCheck.fault(call);
        if (fault.isPresent()) {
            underWay.decrementAndGet();
            answer.accept(Answer.problem(400, "Malformed JSON", fault.get()));
            return;
        }
        Exchange exchange = createExchange(false);
        InboundExchanges.fill(exchange, call, endpoint.getInbound().getOrigin());
        getAsyncProcessor().process(exchange, doneSync -> finish(exchange, call, answer));
    }

    private void finish(Exchange exchange, Call call, Consumer<Answer> answer) {
        Answer made;
        try {
            Throwable failure = exchange.getException();
            note(failure, call);
            made = failure == null ? HookAnswers.done(exchange, call) : HookAnswers.failed(failure);
        } catch (RuntimeException e) {
            note(e, call);
            made = HookAnswers.failed(e);
        }
        releaseExchange(exchange, false);
        underWay.decrementAndGet();
        answer.accept(made);
    }

    /** One line when a hook begins to fail, one when it works again. */
    private void note(@Nullable Throwable failure, Call call) {
        if (failure != null) {
            if (failedInARow.getAndIncrement() == 0) {
                LOG.warn(
                        "Hook '{}': route '{}' failed for message {}; the sender was told to send it again",
                        call.hook(),
                        getRouteId(),
                        call.messageId() == null ? "without an id" : call.messageId(),
                        failure);
            }
        } else if (failedInARow.get() > 0) {
            int failed = failedInARow.getAndSet(0);
            if (failed > 0) {
                LOG.info("Hook '{}': route '{}' works again after {} failed calls", call.hook(), getRouteId(), failed);
            }
        }
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return underWay.get();
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {}
}
