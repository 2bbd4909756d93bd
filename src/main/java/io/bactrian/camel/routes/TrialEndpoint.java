package io.bactrian.camel.routes;

import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.PollingConsumerSupport;
import org.jspecify.annotations.Nullable;

/** Stands in the place of an endpoint that leads outside: what is sent to it is noted, nothing ever comes from it. */
final class TrialEndpoint extends DefaultEndpoint {
    private final TrialSends sends;
    private final String shown;
    private final boolean lenient;

    TrialEndpoint(Endpoint original, TrialSends sends) {
        setCamelContext(original.getCamelContext());
        setEndpointUriIfNotSpecified(original.getEndpointUri());
        this.sends = sends;
        this.shown = Causes.masked(original.getEndpointUri());
        this.lenient = original.isLenientProperties();
    }

    @Override
    public Producer createProducer() {
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) {
                sends.sent(shown, exchange);
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new DefaultConsumer(this, processor);
    }

    @Override
    public PollingConsumer createPollingConsumer() {
        return new PollingConsumerSupport(this) {
            @Override
            public @Nullable Exchange receive() {
                sends.polled(shown);
                return null;
            }

            @Override
            public @Nullable Exchange receiveNoWait() {
                return receive();
            }

            @Override
            public @Nullable Exchange receive(long timeout) {
                return receive();
            }
        };
    }

    @Override
    public boolean isLenientProperties() {
        return lenient;
    }

    @Override
    public String toString() {
        return shown;
    }
}
