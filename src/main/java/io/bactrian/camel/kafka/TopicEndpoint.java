package io.bactrian.camel.kafka;

import java.time.Clock;
import java.util.Objects;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.jspecify.annotations.Nullable;

/** One topic (or several to receive from), with Camel's options and ours. */
final class TopicEndpoint extends KafkaEndpoint {
    private @Nullable OutboundOptions outbound;
    private @Nullable InboundOptions inbound;

    TopicEndpoint(String uri, PlatformKafka component) {
        super(uri, component);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        refuseOtherCommits();
        TopicConsumer consumer = new TopicConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    /** These would commit what isn't done, or leave done what must not come again. */
    private void refuseOtherCommits() {
        KafkaConfiguration options = getConfiguration();
        String option = options.isAllowManualCommit()
                ? "allowManualCommit"
                : options.isBatching() ? "batching" : options.getSeekTo() != null ? "seekTo" : null;
        if (option != null) {
            throw new IllegalArgumentException("kafka:" + options.getTopic() + ": option " + option
                    + " isn't available: an offset is committed when the route is done with its record, and with all"
                    + " before it" + (option.equals("batching") ? "; for speed use ordering=key and lanes=…" : ""));
        }
    }

    @Override
    public Producer createProducer() {
        return new RecordProducer(this);
    }

    @Override
    public boolean isMultipleConsumersSupported() {
        return true;
    }

    Clock clock() {
        Clock clock = getCamelContext().getRegistry().findSingleByType(Clock.class);
        return clock == null ? Clock.systemUTC() : clock;
    }

    OutboundOptions outbound() {
        return Objects.requireNonNull(outbound);
    }

    void setOutbound(OutboundOptions outbound) {
        this.outbound = outbound;
    }

    InboundOptions inbound() {
        return Objects.requireNonNull(inbound);
    }

    void setInbound(InboundOptions inbound) {
        this.inbound = inbound;
    }
}
