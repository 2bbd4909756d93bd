package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Prints JSON objects as a table whose columns are as wide as they need to be. */
final class Listing {
    private static final int WIDEST = 60;

    private Listing() {}

    static void print(PrintWriter to, Ansi ansi, Iterable<JsonNode> rows, List<String> fields) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(fields);
        for (JsonNode row : rows) {
            lines.add(fields.stream().map(field -> cell(row.at('/' + field))).toList());
        }
        int[] widths = new int[fields.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            boolean head = line == fields;
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(String.format("%-" + widths[i] + "s  ", line.get(i)));
            }
            to.println(ChangeText.coloured(text.toString().stripTrailing(), head ? "1" : colour(line), ansi));
        }
    }

    /** A line of what doesn't run stands out; SGR 39 is the terminal's own colour. */
    private static String colour(List<String> line) {
        if (line.contains("stopped") || line.contains("broken")) {
            return "31";
        }
        return line.contains("paused") || line.contains("orphaned") || line.contains("old-version-running")
                ? "33"
                : "39";
    }

    private static String cell(JsonNode value) {
        String text =
                value.isMissingNode() || value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
        text = ChangeText.printable(text);
        return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + '…';
    }
}
