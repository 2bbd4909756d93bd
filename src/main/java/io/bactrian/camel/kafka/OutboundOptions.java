package io.bactrian.camel.kafka;

import io.bactrian.camel.format.ChangeFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code kafka:} endpoint sends changes.
 *
 * @param format null: an untouched change as a CloudEvent, a body that the route made as it is
 * @param tombstones whether a delete is followed by a record without value, so that a compacted topic forgets the key
 */
record OutboundOptions(@Nullable ChangeFormat format, boolean tombstones) {
    /**
     * Takes its options out of a URI's.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static OutboundOptions taken(Map<String, Object> parameters) {
        Object format = parameters.remove("format");
        Object tombstones = parameters.remove("tombstones");
        return new OutboundOptions(
                format == null ? null : ChangeFormat.ofWord(format.toString(), ChangeFormat.OF_RECORDS),
                tombstones != null && flag("tombstones", tombstones.toString()));
    }

    private static boolean flag(String option, String word) {
        if (!word.equalsIgnoreCase("true") && !word.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("Option " + option + " is '" + word + "': use true or false");
        }
        return Boolean.parseBoolean(word);
    }
}
