package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** A change, as the API tells it, in words for a terminal. */
final class ChangeText {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final DateTimeFormatter DAY_AND_CLOCK = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private ChangeText() {}

    /** One line: when, which row, what happened to it, on whose behalf. */
    static String line(JsonNode event, Ansi ansi) {
        JsonNode data = event.path("data");
        return clock(event.path("time").asText()) + "  " + table(event) + "  "
                + operation(data.path("operation").asText(), ansi) + "  " + key(event) + "  " + difference(data)
                + by(data);
    }

    static String table(JsonNode event) {
        return printable(event.path("source").asText().replaceFirst(".*/tables/", ""));
    }

    /** As item URLs spell it. */
    static String key(JsonNode event) {
        return event.has("subject") ? printable(event.path("subject").asText()) : "-";
    }

    /** On whose behalf; begins with a blank, empty for a plain application write. */
    static String by(JsonNode data) {
        List<String> parties = new ArrayList<>();
        data.path("origin").forEach(party -> parties.add(party.asText()));
        return parties.isEmpty() ? "" : "  by " + printable(String.join(", ", parties));
    }

    /** An update's changed columns as before → after; else the row. */
    static String difference(JsonNode data) {
        JsonNode before = data.path("before");
        JsonNode after = data.path("after");
        if (!before.isObject() && !after.isObject()) {
            return "";
        }
        if (!before.isObject() || !after.isObject()) {
            return printable((after.isObject() ? after : before).toString());
        }
        List<String> columns = new ArrayList<>();
        for (Map.Entry<String, JsonNode> column : after.properties()) {
            JsonNode old = before.path(column.getKey());
            if (!old.equals(column.getValue())) {
                columns.add(column.getKey() + ": " + (old.isMissingNode() ? "?" : old) + " → " + column.getValue());
            }
        }
        return columns.isEmpty() ? "(nothing changed)" : printable(String.join("  ", columns));
    }

    static String operation(String word, Ansi ansi) {
        String padded = String.format("%-6s", word);
        return switch (word) {
            case "insert", "snapshot" -> coloured(padded, "32", ansi);
            case "update" -> coloured(padded, "33", ansi);
            case "delete", "truncate" -> coloured(padded, "31", ansi);
            default -> printable(padded);
        };
    }

    /** @param code of a colour (ECMA-48, SGR) */
    static String coloured(String text, String code, Ansi ansi) {
        return ansi.enabled() ? "\u001b[" + code + 'm' + text + "\u001b[0m" : text;
    }

    /** A time of the API on the clock on the wall here. */
    static String clock(String time) {
        return local(time, CLOCK);
    }

    static String dayAndClock(String time) {
        return local(time, DAY_AND_CLOCK);
    }

    private static String local(String time, DateTimeFormatter format) {
        return time.isEmpty()
                ? ""
                : Instant.parse(time).atZone(ZoneId.systemDefault()).format(format);
    }

    /** Without what could steer a terminal: rows hold what anyone wrote. */
    static String printable(String text) {
        if (text.chars().noneMatch(ChangeText::steers)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().map(c -> steers(c) ? '?' : c).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean steers(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
    }
}
