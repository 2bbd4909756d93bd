package io.bactrian.camel.kafka;

import io.bactrian.camel.BactrianHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.DefaultConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Receives a topic's records for a route: each is one exchange, with the id that {@code table:} claims it by, and is done
 * when the route is. The group is the route's id unless {@code groupId} names one.
 */
final class TopicConsumer extends DefaultConsumer implements RecordAttempts.Route, PollLoop.Subscribing {
    /** What is under way, the commit and the client take three seconds of it at most. */
    private static final Duration TO_STOP = Duration.ofSeconds(4);

    private final TopicEndpoint endpoint;
    private final KafkaConfiguration options;
    private final List<PollLoop> loops = new ArrayList<>();
    private @Nullable RecordValues values;
    private @Nullable DeadLetterTopic deadLetters;
    private @Nullable ExecutorService pollers;
    private @Nullable ExecutorService workers;
    private @Nullable ScheduledExecutorService timer;

    TopicConsumer(TopicEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.options = endpoint.getConfiguration();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        try {
            begin();
        } catch (RuntimeException | ClassNotFoundException e) {
            // Camel stops only what has started.
            end();
            throw e;
        }
    }

    private void begin() throws ClassNotFoundException {
        Clock clock = endpoint.clock();
        String route = String.valueOf(getRouteId());
        InboundClients clients = new InboundClients(endpoint, group(route));
        values = new RecordValues(endpoint.getCamelContext(), options);
        ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
        ExecutorService working = threads.newCachedThreadPool(this, "kafka-route");
        workers = working;
        ScheduledExecutorService timing = threads.newSingleThreadScheduledExecutor(this, "kafka-retry");
        timer = timing;
        DeadLetterTopic letters =
                new DeadLetterTopic(clients, route, endpoint.inbound().deadLetters());
        deadLetters = letters;
        Inbound inbound = new Inbound(
                endpoint.inbound(),
                clients,
                letters,
                new FlowWatch(route, clock),
                new Inbound.Threads(working, timing),
                clock);
        Presence presence = new Presence(route, clients, working, clock);
        for (int i = 0; i < options.getConsumersCount(); i++) {
            PollLoop loop = new PollLoop(inbound, new RecordAttempts(this, inbound), this, presence);
            loops.add(loop);
            loop.open();
        }
        ExecutorService polling = threads.newFixedThreadPool(this, "kafka-poll", loops.size());
        pollers = polling;
        loops.forEach(polling::execute);
    }

    private String group(String route) {
        String named = options.getGroupId();
        if (named != null) {
            return named;
        }
        boolean made = endpoint.getCamelContext().getRoute(route) == null
                || !Objects.requireNonNull(endpoint.getCamelContext().getRoute(route))
                        .isCustomId();
        if (made) {
            throw new IllegalArgumentException("A route from kafka:" + options.getTopic()
                    + " needs an id of its own, or the option groupId: it names the group whose offsets are kept");
        }
        return route;
    }

    @Override
    protected void doStop() throws Exception {
        end();
        super.doStop();
    }

    private void end() {
        loops.forEach(PollLoop::stop);
        ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
        if (pollers == null) {
            // They didn't get as far as starting; stopped already, they only close their clients.
            loops.forEach(PollLoop::run);
        } else {
            awaitPollers(pollers);
            pollers = null;
        }
        loops.clear();
        if (timer != null) {
            threads.shutdownNow(timer);
        }
        if (workers != null) {
            threads.shutdown(workers);
        }
        if (deadLetters != null) {
            deadLetters.close();
        }
    }

    private static void awaitPollers(ExecutorService pollers) {
        pollers.shutdown();
        try {
            if (!pollers.awaitTermination(TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                pollers.shutdownNow();
            }
        } catch (InterruptedException e) {
            pollers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void subscribe(Consumer<byte[], byte[]> client, ConsumerRebalanceListener listener) {
        if (options.isTopicIsPattern()) {
            client.subscribe(Pattern.compile(options.getTopic()), listener);
        } else {
            List<String> topics = Arrays.stream(options.getTopic().split(","))
                    .map(String::strip)
                    .toList();
            client.subscribe(topics, listener);
        }
    }

    @Override
    public @Nullable Throwable process(InboundRecord record) {
        Exchange exchange = createExchange(false);
        try {
            fill(exchange, record);
            getProcessor().process(exchange);
            Throwable failure = exchange.getException();
            if (failure == null && (exchange.isRollbackOnly() || exchange.isRollbackOnlyLast())) {
                failure = new IllegalStateException("The route marked the exchange for rollback");
            }
            return failure;
        } catch (Throwable e) {
            // Also an Error: a route whose classes don't fit together fails its records, not the platform.
            return e;
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void fill(Exchange exchange, InboundRecord inbound) {
        ConsumerRecord<byte[], byte[]> record = inbound.record;
        RecordValues read = Objects.requireNonNull(values);
        Message message = exchange.getIn();
        for (Header header : record.headers()) {
            Object value = options.getHeaderDeserializer().deserialize(header.key(), header.value());
            if (value != null
                    && !RecordHeaders.steers(header.key())
                    && !options.getHeaderFilterStrategy().applyFilterToExternalHeaders(header.key(), value, exchange)) {
                message.setHeader(header.key(), value);
            }
        }
        message.setHeader(BactrianHeaders.MESSAGE_ID, inbound.id);
        message.setHeader(KafkaConstants.TOPIC, record.topic());
        message.setHeader(KafkaConstants.PARTITION, record.partition());
        message.setHeader(KafkaConstants.OFFSET, record.offset());
        message.setHeader(KafkaConstants.TIMESTAMP, record.timestamp());
        message.setHeader(Exchange.MESSAGE_TIMESTAMP, record.timestamp());
        Object key = read.key(record);
        if (key != null) {
            message.setHeader(KafkaConstants.KEY, key);
        }
        message.setBody(read.value(record));
    }
}
