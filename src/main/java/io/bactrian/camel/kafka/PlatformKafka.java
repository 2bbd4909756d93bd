package io.bactrian.camel.kafka;

import java.util.Map;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaComponentConfigurer;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.PropertiesHelper;

/**
 * The {@code kafka:} component of the platform: Camel's, with all its options and {@code camel.component.kafka.} keys,
 * whose endpoints send and receive as this package promises. Without brokers every use is refused with the key's name.
 *
 * <p>Time-outs are bounded: while Kafka is gone a record that is under way is repeated for two minutes, by its number,
 * which makes it one record however often it is sent; one that finds no topic fails within five seconds. What fails is
 * the subscription's, which parks it and tries again.
 */
public final class PlatformKafka extends KafkaComponent {
    private static final int MEBIBYTE = 1 << 20;

    /** Without brokers: for the check of route files, which copies the options of the live component. */
    public PlatformKafka() {
        KafkaConfiguration defaults = getConfiguration();
        defaults.setHeaderFilterStrategy(new RecordHeaders());
        // Camel's own default names a class that Kafka's client no longer has; without one, keys decide.
        defaults.setPartitioner(null);
        defaults.setRequestRequiredAcks("all");
        defaults.setEnableIdempotence(true);
        defaults.setCompressionCodec("lz4");
        defaults.setLingerMs(1);
        defaults.setProducerBatchSize(64 * 1024);
        defaults.setMaxBlockMs(5_000);
        defaults.setRequestTimeoutMs(5_000);
        // Until then the client repeats a request under the record's own number, which the broker knows again. A record
        // that is given up before that and sent anew is a second one, where the broker had it and only its answer was
        // lost.
        defaults.setDeliveryTimeoutMs(120_000);
        // The broker decides what is too large: it counts what was compressed.
        defaults.setMaxRequestSize(16 * MEBIBYTE);
        defaults.setFetchMaxBytes(16 * MEBIBYTE);
        // So long nobody takes over what a killed platform had, not even itself started again; who is thrown out for
        // nothing only joins again, and what comes twice by that is applied once.
        defaults.setSessionTimeoutMs(10_000);
        // With "latest", what is written while a new group forms would be missed.
        defaults.setAutoOffsetReset("earliest");
        setKafkaClientFactory(new Clients());
    }

    public PlatformKafka(KafkaSettings settings) {
        this();
        if (!settings.brokers().isEmpty()) {
            getConfiguration().setBrokers(String.join(",", settings.brokers()));
        }
    }

    /** Camel finds what sets options by an annotation that a subclass doesn't inherit. */
    @Override
    public PropertyConfigurer getComponentPropertyConfigurer() {
        return new KafkaComponentConfigurer();
    }

    @Override
    public PropertyConfigurer getEndpointPropertyConfigurer() {
        return new KafkaEndpointConfigurer();
    }

    @Override
    public String getDefaultName() {
        return "kafka";
    }

    @Override
    protected KafkaEndpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        if (remaining.isEmpty()) {
            throw new IllegalArgumentException("kafka: names no topic: use kafka:orders");
        }
        TopicEndpoint endpoint = new TopicEndpoint(uri, this);
        // Ours, which Camel's endpoint doesn't know.
        endpoint.setOutbound(OutboundOptions.taken(parameters));
        endpoint.setInbound(InboundOptions.taken(getCamelContext(), parameters));
        KafkaConfiguration options = getConfiguration().copy();
        endpoint.setConfiguration(options);
        Map<String, Object> additional = PropertiesHelper.extractProperties(parameters, "additionalProperties.");
        setProperties(endpoint, parameters);
        if (options.getSslContextParameters() == null) {
            options.setSslContextParameters(retrieveGlobalSslContextParameters());
        }
        PropertyBindingSupport.bindProperties(getCamelContext(), options.getAdditionalProperties(), additional);
        if (options.getTopic() == null) {
            options.setTopic(remaining);
        }
        String brokers = options.getBrokers();
        if (brokers == null || brokers.isBlank()) {
            throw new IllegalArgumentException("'kafka:' needs to know where Kafka is: set " + KafkaSettings.KEY
                    + " (such as kafka1:9092,kafka2:9092) in config/application.properties");
        }
        return endpoint;
    }
}
