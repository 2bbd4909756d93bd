package io.bactrian.camel.jetty;

import io.bactrian.camel.BactrianHeaders;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/** Keeps the headers by which the platform and Camel steer an exchange from coming in, and from leaking out. */
final class PlatformHeaders extends HttpHeaderFilterStrategy {
    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return BactrianHeaders.steers(name) || super.applyFilterToExternalHeaders(name, value, exchange);
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return BactrianHeaders.steers(name) || super.applyFilterToCamelHeaders(name, value, exchange);
    }
}
