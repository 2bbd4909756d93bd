package io.bactrian.camel.format;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Row;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.TypeConverterSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets any step that wants text, bytes or a stream have our values as JSON: a row as its object, a change as its
 * CloudEvent, a list of either as an array. Thread-safe.
 */
public final class ChangeConversions extends TypeConverterSupport {
    private final Class<?> wanted;
    private final Function<byte[], Object> made;

    private ChangeConversions(Class<?> wanted, Function<byte[], Object> made) {
        this.wanted = wanted;
        this.made = made;
    }

    /** Teaches a context to convert. */
    public static void addTo(CamelContext context) {
        TypeConverterRegistry registry = context.getTypeConverterRegistry();
        add(registry, new ChangeConversions(String.class, bytes -> new String(bytes, StandardCharsets.UTF_8)));
        add(registry, new ChangeConversions(byte[].class, bytes -> bytes));
        add(registry, new ChangeConversions(InputStream.class, ByteArrayInputStream::new));
        add(registry, new ChangeConversions(ByteBuffer.class, ByteBuffer::wrap));
    }

    private static void add(TypeConverterRegistry registry, ChangeConversions conversions) {
        registry.addTypeConverter(conversions.wanted, Row.class, conversions);
        registry.addTypeConverter(conversions.wanted, Change.class, conversions);
        // Lists have no class of their own: asked only where nobody else knows what to do.
        registry.addFallbackTypeConverter(conversions, false);
    }

    @Override
    public <T> @Nullable T convertTo(Class<T> type, @Nullable Exchange exchange, @Nullable Object value) {
        if (type != wanted) {
            return null;
        }
        String json = json(value);
        if (json == null) {
            return null;
        }
        return type.cast(type == String.class ? json : made.apply(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** The JSON of a row, a change, or a list of them; null for anything else. */
    static @Nullable String json(@Nullable Object value) {
        if (value instanceof Row row) {
            return row.json();
        }
        if (value instanceof Change change) {
            return ChangeJson.cloudEvent(change);
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            StringJoiner array = new StringJoiner(",", "[", "]");
            for (Object each : list) {
                String element = each instanceof List<?> ? null : json(each);
                if (element == null) {
                    return null;
                }
                array.add(element);
            }
            return array.toString();
        }
        return null;
    }
}
