package io.bactrian.camel.format;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.Registry;

/**
 * Writes what an exchange has to tell of its change, for {@code marshal} with {@code custom} and a {@link #nameOf}: the
 * row that the route left alone as the change, a body that it made as the change's data. Reading back isn't offered.
 * Has no state of its own, so that any context may start and stop it; thread-safe.
 */
public final class ChangeDataFormat implements DataFormat {
    private static final List<ChangeFormat> MARSHALLED =
            List.of(ChangeFormat.CLOUDEVENTS, ChangeFormat.STANDARD, ChangeFormat.ROW, ChangeFormat.DEBEZIUM);

    private final ChangeFormat format;
    private final MessageWriter writer;

    private ChangeDataFormat(ChangeFormat format, Clock clock) {
        this.format = format;
        this.writer = new MessageWriter(format, clock);
    }

    /** Makes them all known to routes, by their names. */
    public static void bindTo(Registry registry, Clock clock) {
        for (ChangeFormat format : MARSHALLED) {
            registry.bind(nameOf(format), DataFormat.class, new ChangeDataFormat(format, clock));
        }
    }

    /** Such as {@code change-cloudevents}. */
    static String nameOf(ChangeFormat format) {
        return "change-" + format.word();
    }

    @Override
    public void marshal(Exchange exchange, Object graph, OutputStream stream) throws Exception {
        Payload payload = writer.write(OutboundMessage.of(exchange), exchange);
        stream.write(payload.bytes());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, payload.contentType());
    }

    @Override
    public Object unmarshal(Exchange exchange, InputStream stream) {
        throw new UnsupportedOperationException(nameOf(format) + " only writes; to read JSON use unmarshal with json");
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}
}
