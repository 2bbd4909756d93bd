package io.bactrian.change;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A change as Debezium's connectors write it (the value's {@code payload}, as with {@code schemas.enable=false}): before,
 * after, source, op, ts_ms, transaction. What only we know stands in {@code source} beside what Debezium has there.
 */
final class DebeziumEnvelope {
    private static final String VERSION = version();

    private DebeziumEnvelope() {}

    /** @param operation may differ from the change's own: a change of the key is told in two parts */
    static String of(Change change, Operation operation, @Nullable String before, @Nullable String after) {
        StringBuilder json = new StringBuilder(420 + length(before) + length(after));
        json.append("{\"before\":").append(before);
        json.append(",\"after\":").append(after);
        json.append(",\"source\":");
        source(json, change);
        json.append(",\"op\":\"").append(letter(operation));
        json.append("\",\"ts_ms\":").append(change.collected().toEpochMilli());
        return json.append(",\"transaction\":null}").toString();
    }

    private static void source(StringBuilder json, Change change) {
        String table = change.table();
        int dot = table.indexOf('.');
        json.append("{\"version\":\"").append(VERSION).append("\",\"connector\":\"bactrian\",\"name\":");
        quote(json, change.database());
        json.append(",\"ts_ms\":").append(change.time().toEpochMilli());
        json.append(",\"snapshot\":\"").append(change.operation() == Operation.SNAPSHOT);
        json.append("\",\"db\":");
        quote(json, change.database());
        json.append(",\"sequence\":\"[\\\"").append(change.id().epoch());
        json.append("\\\",\\\"").append(change.id().seq()).append("\\\"]\"");
        json.append(",\"schema\":");
        quote(json, dot < 0 ? "" : table.substring(0, dot));
        json.append(",\"table\":");
        quote(json, table.substring(dot + 1));
        json.append(",\"txId\":");
        quote(json, change.transaction());
        json.append(",\"id\":");
        quote(json, change.id().toString());
        json.append(",\"position\":").append(change.position());
        json.append(",\"origin\":[");
        for (int i = 0; i < change.origin().size(); i++) {
            if (i > 0) {
                json.append(',');
            }
            quote(json, change.origin().get(i));
        }
        json.append("]}");
    }

    private static char letter(Operation operation) {
        return switch (operation) {
            case INSERT -> 'c';
            case UPDATE -> 'u';
            case DELETE -> 'd';
            case TRUNCATE -> 't';
            case SNAPSHOT -> 'r';
            // Debezium's letter for a message that was written on purpose.
            case EVENT -> 'm';
        };
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static String version() {
        try (InputStream in = DebeziumEnvelope.class.getResourceAsStream("/bactrian-version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
