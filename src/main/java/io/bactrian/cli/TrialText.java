package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Help.Ansi;

/** What a route file would have sent, in words. */
final class TrialText {
    private final Ansi ansi;

    TrialText(Ansi ansi) {
        this.ansi = ansi;
    }

    /** Whether the file doesn't load, or a change would have failed in it. */
    static boolean failed(JsonNode report) {
        return report.path("error").isObject() || !failures(report).isEmpty();
    }

    private static List<JsonNode> failures(JsonNode report) {
        List<JsonNode> failures = new ArrayList<>();
        for (JsonNode tried : report.path("tried")) {
            tried.path("deliveries").forEach(delivery -> {
                if (!delivery.path("outcome").asText().equals("delivered")) {
                    failures.add(delivery);
                }
            });
        }
        return failures;
    }

    List<String> lines(JsonNode report) {
        List<String> lines = new ArrayList<>();
        JsonNode error = report.path("error");
        if (error.isObject()) {
            int line = error.path("line").asInt();
            lines.add(paint(
                    report.path("file").asText() + (line > 0 ? ":" + line : "") + ": "
                            + ChangeText.printable(error.path("message").asText()),
                    "31"));
            return lines;
        }
        report.path("tried").forEach(tried -> tried(tried, lines));
        if (report.path("tried").isEmpty()) {
            lines.add("No route of this file consumes changes: there is nothing to try it on");
        }
        report.path("idle")
                .forEach(route -> lines.add("Route " + route.asText()
                        + " did not run: it begins neither with changes nor with another route of the file"));
        report.path("warnings").forEach(warning -> lines.add(paint("! ", "33") + warning.asText()));
        lines.add("Nothing was sent.");
        return lines;
    }

    private void tried(JsonNode tried, List<String> lines) {
        JsonNode deliveries = tried.path("deliveries");
        JsonNode dropped = tried.path("dropped");
        lines.add(tried.path("subscription").asText() + ", database "
                + tried.path("database").asText() + ": " + deliveries.size()
                + (deliveries.size() == 1 ? " delivery, " : " deliveries, ") + dropped.size()
                + (dropped.size() == 1 ? " change dropped" : " changes dropped") + reasons(dropped));
        deliveries.forEach(delivery -> delivery(delivery, lines));
        if (deliveries.isEmpty()) {
            lines.add("  The journal holds no change that this route would hear of");
        }
        lines.add("");
    }

    /** Such as {@code " (3 table, 1 echo)"}. */
    private static String reasons(JsonNode dropped) {
        Map<String, Integer> counts = new TreeMap<>();
        dropped.forEach(drop -> counts.merge(drop.path("reason").asText(), 1, Integer::sum));
        return counts.isEmpty()
                ? ""
                : counts.entrySet().stream()
                        .map(each -> each.getValue() + " by " + each.getKey())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private void delivery(JsonNode delivery, List<String> lines) {
        JsonNode changes = delivery.path("changes");
        JsonNode first = changes.path(0);
        String outcome = delivery.path("outcome").asText();
        lines.add("  " + change(first)
                + (changes.size() > 1
                        ? " … " + change(changes.path(changes.size() - 1)) + " (" + changes.size() + ")"
                        : "")
                + "  " + paint(outcome, outcome.equals("delivered") ? "32" : "31")
                + (delivery.path("error").isTextual()
                        ? ": " + ChangeText.printable(delivery.path("error").asText())
                        : ""));
        JsonNode sends = delivery.path("sends");
        sends.forEach(send -> send(send, lines));
        if (StreamSupport.stream(sends.spliterator(), false)
                .allMatch(send -> send.path("what").asText().equals("log"))) {
            lines.add("    sends nothing");
        }
    }

    private static String change(JsonNode change) {
        return change.path("position").asText() + " " + change.path("table").asText() + " "
                + change.path("operation").asText() + " "
                + ChangeText.printable(change.path("key").toString());
    }

    private void send(JsonNode send, List<String> lines) {
        String to = ChangeText.printable(send.path("to").asText());
        String body = send.path("body").isTextual()
                ? ChangeText.printable(send.path("body").asText())
                : "";
        switch (send.path("what").asText()) {
            case "log" -> lines.add("    " + paint("log", "36") + "  " + body);
            case "poll" -> lines.add("    " + paint("would wait for a message of", "36") + " " + to);
            default -> {
                lines.add("    " + paint("→", "36") + " " + to);
                send.path("headers")
                        .properties()
                        .forEach(header -> lines.add("      " + header.getKey() + ": "
                                + ChangeText.printable(header.getValue().asText())));
                if (!body.isEmpty()) {
                    lines.add("      " + body);
                }
            }
        }
    }

    private String paint(String text, String code) {
        return ChangeText.coloured(text, code, ansi);
    }
}
