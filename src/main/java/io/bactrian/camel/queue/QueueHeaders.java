package io.bactrian.camel.queue;

import io.bactrian.camel.BactrianHeaders;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsHeaderFilterStrategy;
import org.jspecify.annotations.Nullable;

/** Keeps headers that steer the platform or Camel from coming in and from going out, whatever their case. */
final class QueueHeaders extends JmsHeaderFilterStrategy {
    @Override
    public boolean applyFilterToExternalHeaders(String name, @Nullable Object value, Exchange exchange) {
        // The broker's own: sent on, a duplicate-detection id would undo the transaction it comes in twice.
        boolean brokers = name.startsWith("_AMQ") || name.startsWith("__AMQ");
        return brokers || BactrianHeaders.steers(name) || super.applyFilterToExternalHeaders(name, value, exchange);
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, @Nullable Object value, Exchange exchange) {
        return BactrianHeaders.steers(name) || super.applyFilterToCamelHeaders(name, value, exchange);
    }
}
