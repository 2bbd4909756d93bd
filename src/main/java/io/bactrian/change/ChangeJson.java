package io.bactrian.change;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change as JSON: CloudEvents 1.0, structured mode (section 3 of the CloudEvents JSON event format), with the change
 * as {@code data}. Rows are spliced in as text, not parsed. Thread-safe.
 */
public final class ChangeJson {
    public static final String CONTENT_TYPE = "application/cloudevents+json";

    private ChangeJson() {}

    /** The CloudEvent whose {@code data} is the change itself. */
    public static String cloudEvent(Change change) {
        return cloudEvent(change, data(change));
    }

    /** The CloudEvent of a change with other data: a JSON value that a route made. */
    public static String cloudEvent(Change change, String dataJson) {
        StringBuilder json = new StringBuilder(320 + dataJson.length());
        json.append("{\"specversion\":\"1.0\",\"id\":");
        quote(json, change.id().toString());
        json.append(",\"source\":");
        quote(json, change.source());
        json.append(",\"type\":\"").append(change.operation().eventType()).append('"');
        if (!"{}".equals(change.keyJson())) {
            json.append(",\"subject\":");
            quote(json, subject(change));
        }
        json.append(",\"time\":\"").append(change.time());
        json.append("\",\"datacontenttype\":\"application/json\",\"data\":");
        return json.append(dataJson).append('}').toString();
    }

    /** The change alone: {@code {"operation":…,"key":…,"before":…,"after":…,…}}. */
    public static String data(Change change) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"operation\":\"").append(change.operation().word());
        json.append("\",\"key\":").append(change.keyJson());
        if (change.keyBeforeJson() != null) {
            json.append(",\"keyBefore\":").append(change.keyBeforeJson());
        }
        json.append(",\"before\":").append(change.beforeJson());
        json.append(",\"after\":").append(change.afterJson());
        json.append(",\"transaction\":");
        quote(json, change.transaction());
        json.append(",\"origin\":[");
        for (int i = 0; i < change.origin().size(); i++) {
            if (i > 0) {
                json.append(',');
            }
            quote(json, change.origin().get(i));
        }
        json.append("],\"position\":").append(change.position());
        return json.append('}').toString();
    }

    /**
     * Debezium's envelope: {@code {"before":…,"after":…,"source":…,"op":"c|u|d|r|t","ts_ms":…,"transaction":null}}. The
     * times are the database's (in {@code source}) and the collector's.
     */
    public static String debezium(Change change) {
        return DebeziumEnvelope.of(change, change.operation(), change.beforeJson(), change.afterJson());
    }

    /** The envelope with a row that a route made, a JSON value: after the change, or, of a delete, before it. */
    public static String debezium(Change change, String rowJson) {
        boolean delete = change.operation() == Operation.DELETE;
        return DebeziumEnvelope.of(
                change, change.operation(), delete ? rowJson : change.beforeJson(), delete ? null : rowJson);
    }

    /**
     * What a change of the key says under the old key: the row is gone there. (Debezium tells such a change in two
     * records.)
     */
    public static String debeziumLeaving(Change change) {
        return DebeziumEnvelope.of(change, Operation.DELETE, change.beforeJson(), null);
    }

    /** What a change of the key says under the new key, after {@link #debeziumLeaving}: a row is there. */
    public static String debeziumArriving(Change change) {
        return DebeziumEnvelope.of(change, Operation.INSERT, null, change.afterJson());
    }

    /** The key's values, percent-encoded, joined by commas: a row's name in URLs and in {@code subject}. */
    public static String subject(Change change) {
        return subject(change.key());
    }

    /** Likewise, of any key. */
    public static String subject(Row key) {
        StringBuilder subject = new StringBuilder();
        for (Object value : key.values()) {
            if (subject.length() > 0) {
                subject.append(',');
            }
            String text = value == null ? "" : ColumnValues.text(value);
            subject.append(URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return subject.toString();
    }

    /**
     * Reads back a change that {@link #stored} wrote.
     *
     * @throws IllegalArgumentException where the text is no such change
     */
    public static Change restored(String json, RowType rowType) {
        Map<String, @Nullable Object> fields = RowJson.read(json, RowType.UNKNOWN);
        List<String> origin = new ArrayList<>();
        for (Object party : (List<?>) field(fields, "origin")) {
            origin.add(String.valueOf(party));
        }
        return new Change(
                ChangeId.parse(text(fields, "id")),
                ((Number) field(fields, "position")).longValue(),
                text(fields, "table"),
                Operation.ofWord(text(fields, "operation")),
                text(fields, "key"),
                (String) fields.get("keyBefore"),
                (String) fields.get("before"),
                (String) fields.get("after"),
                text(fields, "transaction"),
                origin,
                Instant.parse(text(fields, "time")),
                Instant.parse(text(fields, "collected")),
                rowType);
    }

    /** The whole change as we keep it ourselves: rows as strings, so that their text comes back to the letter. */
    public static String stored(Change change) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", change.id().toString());
        fields.put("position", change.position());
        fields.put("table", change.table());
        fields.put("operation", change.operation().word());
        fields.put("key", change.keyJson());
        fields.put("keyBefore", change.keyBeforeJson());
        fields.put("before", change.beforeJson());
        fields.put("after", change.afterJson());
        fields.put("transaction", change.transaction());
        fields.put("origin", change.origin());
        fields.put("time", change.time().toString());
        fields.put("collected", change.collected().toString());
        return RowJson.write(fields);
    }

    private static Object field(Map<String, @Nullable Object> fields, String name) {
        return Objects.requireNonNull(fields.get(name), () -> "A stored change lacks '" + name + "'");
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        return field(fields, name).toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }
}
