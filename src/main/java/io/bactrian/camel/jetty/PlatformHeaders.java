package io.bactrian.camel.jetty;

import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/** Keeps the headers by which the platform and Camel steer an exchange from coming in, and from leaking out. */
final class PlatformHeaders extends HttpHeaderFilterStrategy {
    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return isInternal(name) || super.applyFilterToExternalHeaders(name, value, exchange);
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return isInternal(name) || super.applyFilterToCamelHeaders(name, value, exchange);
    }

    private static boolean isInternal(String name) {
        return name.regionMatches(true, 0, "Bactrian", 0, 8) || name.regionMatches(true, 0, "Camel", 0, 5);
    }
}
