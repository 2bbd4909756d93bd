package io.bactrian.camel.changes;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.GatheredAnswers;
import io.bactrian.camel.Rooms;
import io.bactrian.change.Change;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.SubscriptionSettings;
import io.bactrian.subscription.Subscriptions;
import java.util.List;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands a subscription's changes to a route and tells the subscription how each exchange ended. No thread is held
 * while an exchange is under way: the route's last asynchronous step completes it.
 *
 * <p>It neither retries nor logs: both are the subscription's (invariants 4 and 7).
 */
final class ChangesConsumer extends DefaultConsumer {
    private Subscriptions.@Nullable Handle handle;
    private boolean batches;

    ChangesConsumer(ChangesEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ChangesEndpoint endpoint = (ChangesEndpoint) getEndpoint();
        SubscriptionSettings settings = endpoint.settings(getRouteId());
        batches = settings.batch() > 1;
        handle = Rooms.changeSource(endpoint.getCamelContext()).open(settings, this::deliver);
    }

    /** Drains first: what is in flight still needs the route's steps. */
    @Override
    protected void doStop() throws Exception {
        Subscriptions.Handle open = handle;
        handle = null;
        if (open != null) {
            open.close();
        }
        super.doStop();
    }

    private void deliver(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done) {
        Exchange exchange = createExchange(false);
        if (batches) {
            carry(exchange, changes, attempt);
        } else {
            Change change = changes.get(0);
            exchange.setIn(new ChangeMessage(exchange, change, attempt));
            exchange.setProperty(BactrianProperties.CHANGE, change);
        }
        GatheredAnswers answers = new GatheredAnswers();
        exchange.setProperty(BactrianProperties.ANSWERS, answers);
        if (generation > 0) {
            exchange.setProperty(BactrianProperties.GENERATION, generation);
        }
        getAsyncProcessor().process(exchange, doneSync -> {
            DeliveryOutcome outcome = answers.completing(Outcomes.of(exchange));
            releaseExchange(exchange, false);
            done.accept(outcome);
        });
    }

    private static void carry(Exchange exchange, List<Change> changes, int attempt) {
        Change first = changes.get(0);
        Change last = changes.get(changes.size() - 1);
        Message message = exchange.getIn();
        message.setBody(changes);
        // Names both ends: after a crash a batch may begin where another began and end elsewhere.
        message.setHeader(BactrianHeaders.ID, first.id() + "~" + last.id());
        message.setHeader(BactrianHeaders.DATABASE, first.database());
        message.setHeader(BactrianHeaders.POSITION, last.position());
        message.setHeader(BactrianHeaders.ATTEMPT, attempt);
        if (changes.stream().allMatch(change -> change.table().equals(first.table()))) {
            message.setHeader(BactrianHeaders.TABLE, first.table());
        }
    }
}
