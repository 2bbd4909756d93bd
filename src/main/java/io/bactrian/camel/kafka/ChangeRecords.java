package io.bactrian.camel.kafka;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.camel.ChangeHeaders;
import io.bactrian.camel.format.ChangeFormat;
import io.bactrian.camel.format.MessageWriter;
import io.bactrian.camel.format.OutboundMessage;
import io.bactrian.camel.format.Payload;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.producer.support.ProducerUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of an exchange that carries changes: under the row's key as a JSON object (none for a table without
 * one, and for TRUNCATE), with the change's id in a header. Thread-safe.
 */
final class ChangeRecords {
    /** What the records of one exchange have in common. */
    private record Shared(
            Exchange exchange,
            String topic,
            @Nullable Integer partition,
            @Nullable Object key,
            List<Header> headers) {}

    private final KafkaConfiguration options;
    private final OutboundOptions own;
    private final Clock clock;
    private final Function<Exchange, List<Header>> propagated;

    /** @param propagated the headers that the route set and that may travel */
    ChangeRecords(
            KafkaConfiguration options, OutboundOptions own, Clock clock, Function<Exchange, List<Header>> propagated) {
        this.options = options;
        this.own = own;
        this.clock = clock;
        this.propagated = propagated;
    }

    /** Whether an exchange is about changes; any other is Camel's own producer's. */
    static boolean carriesChange(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        return body instanceof Change
                || exchange.getProperty(BactrianProperties.CHANGE) != null
                || OutboundMessage.isBatch(body);
    }

    /**
     * The records, in order, in groups: within a group no two are of the same key, so that it may be sent at once; the next
     * only when it is acknowledged.
     */
    List<List<ProducerRecord<Object, Object>>> of(Exchange exchange) {
        OutboundMessage message = OutboundMessage.of(exchange);
        Shared shared = shared(exchange);
        if (message.batch()) {
            return groups(message.untouched(), shared);
        }
        List<ProducerRecord<Object, Object>> records = new ArrayList<>(1);
        Change change = message.change();
        if (change == null) {
            throw new IllegalStateException("The exchange carries no change");
        }
        if (message.untouched().isEmpty()) {
            add(records, change, shared, made(message, exchange), message.id());
        } else {
            add(records, change, shared, null, message.id());
        }
        return List.of(records);
    }

    private List<List<ProducerRecord<Object, Object>>> groups(List<Change> changes, Shared shared) {
        List<List<ProducerRecord<Object, Object>>> groups = new ArrayList<>();
        List<ProducerRecord<Object, Object>> group = new ArrayList<>(changes.size());
        Set<String> keys = new HashSet<>();
        boolean barrier = false;
        for (Change change : changes) {
            boolean truncate = change.operation() == Operation.TRUNCATE;
            String key = change.table() + ' ' + change.keyJson();
            String before = change.keyBeforeJson() == null ? key : change.table() + ' ' + change.keyBeforeJson();
            if (barrier || truncate || keys.contains(key) || keys.contains(before)) {
                if (!group.isEmpty()) {
                    groups.add(group);
                    group = new ArrayList<>();
                    keys.clear();
                }
            }
            keys.add(key);
            keys.add(before);
            barrier = truncate;
            add(group, change, shared, null, change.id().toString());
        }
        groups.add(group);
        return groups;
    }

    /** @param made what the route made of it; null for the change as it is */
    private void add(
            List<ProducerRecord<Object, Object>> to, Change change, Shared shared, @Nullable Payload made, String id) {
        String before = change.keyBeforeJson();
        boolean leaves = before != null && own.format() == ChangeFormat.DEBEZIUM;
        if (before != null && leaves) {
            // As Debezium does: who keeps rows by key must hear that the old one is gone.
            to.add(record(change, shared, before, json(ChangeJson.debeziumLeaving(change)), id + "~0"));
        }
        if (before != null && own.tombstones()) {
            to.add(record(change, shared, before, null, id + "~1"));
        }
        Payload payload = made != null
                ? made
                : json(leaves ? ChangeJson.debeziumArriving(change) : MessageWriter.json(format(), change));
        to.add(record(change, shared, change.keyJson(), payload, id));
        if (change.operation() == Operation.DELETE && own.tombstones()) {
            to.add(record(change, shared, change.keyJson(), null, id + "~1"));
        }
    }

    private Payload json(String text) {
        return new Payload(MessageWriter.contentType(format()), text);
    }

    private ChangeFormat format() {
        ChangeFormat named = own.format();
        return named == null ? ChangeFormat.CLOUDEVENTS : named;
    }

    private Payload made(OutboundMessage message, Exchange exchange) {
        ChangeFormat named = own.format();
        return new MessageWriter(named == null ? ChangeFormat.BODY : named, clock).write(message, exchange);
    }

    private ProducerRecord<Object, Object> record(
            Change change, Shared shared, String keyJson, @Nullable Payload payload, String id) {
        Object key = shared.key() != null ? shared.key() : "{}".equals(keyJson) ? null : keyJson;
        String topic = shared.topic().indexOf('*') < 0
                ? shared.topic()
                : shared.topic().replace("*", legal(change.table()));
        ProducerRecord<Object, Object> record = new ProducerRecord<>(
                topic,
                shared.partition(),
                null,
                fitting(shared.exchange(), key, options.getKeySerializer()),
                payload == null ? null : fitting(shared.exchange(), payload.content(), options.getValueSerializer()),
                shared.headers());
        record.headers().add(new RecordHeader(RecordHeaders.ID, utf8(id)));
        if (payload != null) {
            record.headers().add(new RecordHeader(RecordHeaders.CONTENT_TYPE, utf8(payload.contentType())));
        }
        return record;
    }

    /** As the serializer that the endpoint names takes it; ours takes text and bytes. */
    private static @Nullable Object fitting(Exchange exchange, @Nullable Object value, String serializer) {
        boolean fits = value == null
                || KafkaConstants.KAFKA_DEFAULT_SERIALIZER.equals(serializer)
                        && (value instanceof String || value instanceof byte[]);
        return fits ? value : ProducerUtil.tryConvertToSerializedType(exchange, value, serializer);
    }

    /** What a topic's name can't hold becomes an underscore. */
    private static String legal(String table) {
        return table.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private Shared shared(Exchange exchange) {
        Message message = exchange.getMessage();
        // Looking for a header would make all of them.
        if (message instanceof ChangeHeaders own && own.untouched()) {
            return new Shared(exchange, options.getTopic(), options.getPartitionKey(), options.getKey(), List.of());
        }
        String topic = message.getHeader(KafkaConstants.OVERRIDE_TOPIC, String.class);
        Integer partition = options.getPartitionKey();
        Object key = options.getKey();
        return new Shared(
                exchange,
                topic == null ? options.getTopic() : topic,
                partition == null ? message.getHeader(KafkaConstants.PARTITION_KEY, Integer.class) : partition,
                key == null ? message.getHeader(KafkaConstants.KEY) : key,
                propagated.apply(exchange));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
