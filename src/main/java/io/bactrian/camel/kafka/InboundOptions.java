package io.bactrian.camel.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.TypeConversionException;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code kafka:} endpoint receives.
 *
 * @param byKey whether records of one partition may overtake each other where their keys differ
 * @param lanes how many records are under way at once, where keys decide
 * @param retryMax tries of a record that isn't known to fail for good, before it is given up
 * @param deadLetters the topic for records that were given up; null for the record's own, with {@code .dlq} behind it
 */
record InboundOptions(
        boolean byKey,
        int lanes,
        int retryMax,
        Duration retryDelay,
        double retryBackoff,
        Duration retryMaxDelay,
        @Nullable String deadLetters) {
    private static final int MOST_LANES = 256;

    InboundOptions {
        require(lanes >= 1 && lanes <= MOST_LANES, "lanes", lanes, "1 to " + MOST_LANES);
        require(retryMax >= 1, "retryMax", retryMax, "1 or more");
        require(!retryDelay.isNegative() && !retryDelay.isZero(), "retryDelay", retryDelay, "a duration such as 1s");
        require(retryBackoff >= 1, "retryBackoff", retryBackoff, "1 or more");
        require(retryMaxDelay.compareTo(retryDelay) >= 0, "retryMaxDelay", retryMaxDelay, "at least retryDelay");
    }

    /**
     * Takes its options out of a URI's.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static InboundOptions taken(CamelContext context, Map<String, Object> parameters) {
        Object ordering = parameters.remove("ordering");
        Object topic = parameters.remove("deadLetters");
        return new InboundOptions(
                ordering != null && byKey(ordering.toString()),
                taken(context, parameters, "lanes", Integer.class, 8),
                taken(context, parameters, "retryMax", Integer.class, 10),
                taken(context, parameters, "retryDelay", Duration.class, Duration.ofSeconds(1)),
                taken(context, parameters, "retryBackoff", Double.class, 2.0),
                taken(context, parameters, "retryMaxDelay", Duration.class, Duration.ofMinutes(1)),
                topic == null ? null : topic.toString());
    }

    /** How long to wait after this many failed tries. */
    Duration delay(int tries) {
        double millis = retryDelay.toMillis() * Math.pow(retryBackoff, Math.min(tries - 1, 60));
        return millis >= retryMaxDelay.toMillis() ? retryMaxDelay : Duration.ofMillis((long) millis);
    }

    private static boolean byKey(String word) {
        return switch (word) {
            case "key" -> true;
            case "partition" -> false;
            default ->
                throw new IllegalArgumentException("Option ordering is '" + word + "': use partition (one record after"
                        + " another, the default) or key (only those of the same key)");
        };
    }

    private static <T> T taken(
            CamelContext context, Map<String, Object> parameters, String option, Class<T> type, T otherwise) {
        Object value = parameters.remove(option);
        if (value == null) {
            return otherwise;
        }
        T converted;
        try {
            converted = context.getTypeConverter().convertTo(type, value);
        } catch (TypeConversionException | IllegalArgumentException e) {
            converted = null;
        }
        if (converted == null) {
            throw new IllegalArgumentException("Option " + option + " is '" + value + "': use a "
                    + (type == Duration.class ? "duration such as 500ms, 5s or 1m" : "number"));
        }
        return converted;
    }

    private static void require(boolean met, String option, Object value, String allowed) {
        if (!met) {
            throw new IllegalArgumentException("Option " + option + " is '" + value + "': use " + allowed);
        }
    }
}
