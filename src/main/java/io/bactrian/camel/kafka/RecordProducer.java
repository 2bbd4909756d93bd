package io.bactrian.camel.kafka;

import io.bactrian.camel.Continuation;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaProducer;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.PluginHelper;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends changes, and ends the exchange when all of its records are acknowledged; no thread is held meanwhile. A failure is
 * a {@link DeliveryException} by which the subscription schedules. What carries no change is sent as Camel sends it.
 *
 * <p>A record that failed is overtaken by none of its key (invariant 3): the subscription hands the key's next change out
 * only when this one is done, and of a batch the next change of a key is sent only when the one before is acknowledged.
 */
final class RecordProducer extends KafkaProducer {
    private static final Duration TO_CLOSE = Duration.ofSeconds(1);

    private final TopicEndpoint endpoint;
    private final ChangeRecords records;
    private @Nullable ExecutorService executor;
    private @Nullable ScheduledExecutorService lookingThread;
    private @Nullable Continuation continuation;
    private @Nullable FirstContact contact;
    private @Nullable SendWatch watch;

    RecordProducer(TopicEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.records = new ChangeRecords(
                endpoint.getConfiguration(),
                endpoint.outbound(),
                endpoint.clock(),
                exchange -> getPropagatedHeaders(exchange, exchange.getMessage()));
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
        ExecutorService own = threads.newCachedThreadPool(this, "kafka-continuation");
        ScheduledExecutorService looking = threads.newSingleThreadScheduledExecutor(this, "kafka-contact");
        executor = own;
        lookingThread = looking;
        continuation = new Continuation(own);
        contact = new FirstContact(looking);
        SendWatch silence = new SendWatch(
                this::name, endpoint.getKafkaClientFactory().getBrokers(endpoint.getConfiguration()), endpoint.clock());
        watch = silence;
        var unused = looking.scheduleWithFixedDelay(silence::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Of whom the log speaks. */
    private String name() {
        String route = getRouteId();
        return route == null ? "kafka:" + endpoint.getConfiguration().getTopic() : route;
    }

    @Override
    protected void doStop() throws Exception {
        ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
        if (lookingThread != null) {
            threads.shutdownNow(lookingThread);
        }
        Producer<?, ?> client = getKafkaProducer();
        if (client != null) {
            // Camel would wait for what is under way as long as Kafka may take; it comes again.
            client.close(TO_CLOSE);
        }
        super.doStop();
        if (executor != null) {
            threads.shutdown(executor);
        }
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        if (ChangeRecords.carriesChange(exchange)) {
            PluginHelper.getAsyncProcessorAwaitManager(exchange.getContext()).process(this, exchange);
        } else {
            super.process(exchange);
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (!ChangeRecords.carriesChange(exchange)) {
            return super.process(exchange, callback);
        }
        List<List<ProducerRecord<Object, Object>>> groups;
        try {
            groups = records.of(exchange);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        new Sending(exchange, callback, groups).begin();
        return false;
    }

    /** One exchange's records on their way. */
    private final class Sending {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final List<List<ProducerRecord<Object, Object>>> groups;
        private final boolean alone;
        private int next;

        Sending(Exchange exchange, AsyncCallback callback, List<List<ProducerRecord<Object, Object>>> groups) {
            this.exchange = exchange;
            this.callback = callback;
            this.groups = groups;
            this.alone = groups.size() == 1 && groups.get(0).size() <= 2;
        }

        void begin() {
            List<ProducerRecord<Object, Object>> group = groups.get(next);
            FirstContact topics = Objects.requireNonNull(contact);
            if (group.stream().allMatch(each -> topics.knows(each.topic()))) {
                send(group);
            } else {
                topics.later(() -> send(group), cause -> done(group.get(0).topic(), cause));
            }
        }

        private void send(List<ProducerRecord<Object, Object>> group) {
            AtomicInteger left = new AtomicInteger(group.size());
            AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
            String topic = group.get(0).topic();
            for (ProducerRecord<Object, Object> record : group) {
                handOver(record, cause -> {
                    if (cause != null) {
                        failure.compareAndSet(null, cause);
                    }
                    if (left.decrementAndGet() == 0) {
                        done(topic, failure.get());
                    }
                });
            }
        }

        private void done(String topic, @Nullable Exception cause) {
            next++;
            if (cause == null && next < groups.size()) {
                // Not on the client's own thread, which must never wait for itself.
                try {
                    Objects.requireNonNull(executor).execute(this::begin);
                    return;
                } catch (RejectedExecutionException e) {
                    exchange.setException(e);
                }
            } else if (cause != null) {
                exchange.setException(failure(topic, cause));
            }
            Objects.requireNonNull(continuation).run(() -> callback.done(false));
        }

        private DeliveryException failure(String topic, Exception cause) {
            KafkaSendException told = KafkaSendException.of(topic, cause);
            // Of a batch the others would be given up with the one.
            DeliveryOutcome outcome =
                    told.ofTheRecord() && alone ? new DeliveryOutcome.GivenUp(told) : new DeliveryOutcome.Failed(told);
            return new DeliveryException(String.valueOf(told.getMessage()), outcome, told);
        }
    }

    /** What became of one record; called once. */
    private interface Acknowledgement {
        void outcome(@Nullable Exception cause);
    }

    @SuppressWarnings("unchecked") // Camel's own field is raw; the client's serializers take what we give.
    private void handOver(ProducerRecord<Object, Object> record, Acknowledgement acknowledgement) {
        Producer<Object, Object> client = getKafkaProducer();
        FirstContact topics = Objects.requireNonNull(contact);
        SendWatch silence = Objects.requireNonNull(watch);
        Future<RecordMetadata> handed;
        silence.handedOver();
        try {
            handed = client.send(record, (metadata, cause) -> {
                silence.ended(cause == null);
                acknowledgement.outcome(cause);
            });
        } catch (RuntimeException e) {
            silence.ended(false);
            acknowledgement.outcome(e);
            return;
        }
        Exception cause = handed.isDone() ? cause(handed) : null;
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            topics.lost(record.topic(), cause);
        } else if (!topics.knows(record.topic())) {
            topics.found(record.topic());
        }
    }

    private static @Nullable Exception cause(Future<RecordMetadata> done) {
        try {
            done.get();
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (ExecutionException e) {
            return e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
