package io.bactrian.camel.routes;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/** Stands in for `changes:` and counts the subscriptions that were opened, in whichever context. */
public final class ChangesDouble extends DefaultComponent {
    static final AtomicInteger OPENED = new AtomicInteger();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        parameters.remove("subscription");
        return new ChangesEndpoint(uri, this);
    }

    private static final class ChangesEndpoint extends DefaultEndpoint {
        ChangesEndpoint(String uri, ChangesDouble component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new DefaultConsumer(this, processor) {
                @Override
                protected void doStart() throws Exception {
                    super.doStart();
                    OPENED.incrementAndGet();
                }
            };
        }
    }
}
