package io.bactrian.camel.routes;

import org.apache.camel.Component;

/**
 * A component whose routes are replaced without its callers noticing, and which can be copied for the scratch context
 * that checks a file's new text.
 */
public interface ReplaceAware {
    /** A component with the same options that opens nothing: no port, no pool, no subscription. */
    Component copyForCheck();

    /** From now on holds new arrivals for routes that are being stopped or are gone, until the hold is closed. */
    Hold hold();

    /** Ends a hold: what waited goes to the routes that are there now. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }
}
