package io.bactrian.camel.kafka;

import io.bactrian.camel.BactrianHeaders;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.jspecify.annotations.Nullable;

/** Which headers travel with a record: those that steer the platform, Camel or its Kafka component don't, either way. */
final class RecordHeaders implements HeaderFilterStrategy {
    /** The id of the change that a record tells of. */
    static final String ID = "bactrian-id";

    static final String CONTENT_TYPE = "content-type";

    static boolean steers(String name) {
        return BactrianHeaders.steers(name)
                || name.regionMatches(true, 0, "kafka.", 0, 6)
                || name.regionMatches(true, 0, "org.apache.camel", 0, 16);
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, @Nullable Object value, Exchange exchange) {
        return value == null || steers(name);
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, @Nullable Object value, Exchange exchange) {
        return steers(name);
    }
}
