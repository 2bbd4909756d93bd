package io.bactrian.camel.hook;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.GatheredAnswers;
import io.bactrian.camel.Rooms;
import io.bactrian.change.Change;
import io.bactrian.change.Row;
import io.bactrian.hook.HookClient;
import io.bactrian.hook.HookRequest;
import io.bactrian.hook.HookTarget;
import io.bactrian.subscription.Answer;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one signed POST per exchange and leaves the message as it is. A failure is a {@link DeliveryException} whose
 * outcome a subscription schedules by.
 */
final class HookProducer extends DefaultAsyncProducer {
    private final HookTarget target;
    private final HookFormat format;
    private final String word;
    /** The same for each untouched change, so that recording it costs next to nothing. */
    private volatile Answer.@Nullable Request lastShown;

    private @Nullable HookClient client;
    private @Nullable HookBodies bodies;
    private @Nullable ExecutorService executor;
    private @Nullable Continuation continuation;

    HookProducer(HookEndpoint endpoint, HookTarget target, HookFormat format) {
        super(endpoint);
        this.target = target;
        this.format = format;
        this.word = format.word();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        CamelContext context = getEndpoint().getCamelContext();
        client = context.getRegistry().findSingleByType(HookClient.class);
        if (client == null) {
            throw new IllegalStateException("This Camel context's registry holds no " + HookClient.class);
        }
        bodies = new HookBodies(target, format, Rooms.of(context).clock());
        executor = context.getExecutorServiceManager().newCachedThreadPool(this, "hook-continuation");
        continuation = new Continuation(executor);
    }

    @Override
    protected void doStop() throws Exception {
        if (executor != null) {
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdown(executor);
        }
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        HookRequest request;
        try {
            request = Objects.requireNonNull(bodies).request(exchange);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        boolean whole = tellsTheChange(exchange);
        Objects.requireNonNull(client).send(request, outcome -> {
            outcome.answers().forEach(answer -> GatheredAnswers.add(exchange, shown(answer, request, whole)));
            Throwable cause = cause(outcome);
            if (cause != null) {
                exchange.setException(new DeliveryException(String.valueOf(cause.getMessage()), outcome, cause));
            }
            Objects.requireNonNull(continuation).run(() -> callback.done(false));
        });
        return false;
    }

    /** Whether the body is the change itself, so that it can be made again from the journal. */
    private static boolean tellsTheChange(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Change
                || body instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Change) {
            return true;
        }
        return exchange.getProperty(BactrianProperties.CHANGE) instanceof Change change
                && (body instanceof Row row ? row.untouched() : body == null && change.row() == null);
    }

    private Answer shown(Answer answer, HookRequest request, boolean whole) {
        boolean alone = whole && request.id().indexOf('~') < 0;
        Answer.Request last = lastShown;
        if (!alone || last == null || !last.contentType().equals(request.contentType())) {
            last = answer.request().of(request.contentType(), whole ? word : "", alone ? "" : request.id());
            if (alone) {
                lastShown = last;
            }
        }
        return new Answer(last, answer.took(), answer.status(), answer.body());
    }

    private static @Nullable Throwable cause(DeliveryOutcome outcome) {
        if (outcome instanceof DeliveryOutcome.Failed failed) {
            return failed.cause();
        }
        if (outcome instanceof DeliveryOutcome.RetryAt retryAt) {
            return retryAt.cause();
        }
        if (outcome instanceof DeliveryOutcome.GivenUp givenUp) {
            return givenUp.cause();
        }
        if (outcome instanceof DeliveryOutcome.Disabled disabled) {
            return disabled.cause();
        }
        return null;
    }
}
