package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** What {@code why} found out, in words for someone who was woken by it: what is the matter first, then what to do. */
final class WhyText {
    private static final int SHOWN_ATTEMPTS = 3;
    private static final int SHOWN_BODY = 120;

    private final String table;
    private final boolean curl;
    private final Ansi ansi;

    WhyText(String table, boolean curl, Ansi ansi) {
        this.table = table;
        this.curl = curl;
        this.ansi = ansi;
    }

    /** Whether changes of the table are captured now. */
    List<String> capture(JsonNode capture) {
        List<String> lines = new ArrayList<>();
        JsonNode triggers = capture.path("triggers");
        JsonNode collector = capture.path("collector");
        String error = triggers.path("error").asText("");
        if (triggers.isNull() || triggers.isMissingNode()) {
            lines.add(bad("capture: the database hasn't been looked at yet"));
        } else if (!error.isEmpty() && !triggers.path("error").isNull()) {
            lines.add(bad("capture: the database can't be asked: " + error));
        } else {
            boolean captured = false;
            for (JsonNode name : triggers.path("tables")) {
                captured |= name.asText().equals(table);
            }
            lines.add(
                    captured
                            ? "capture: the triggers on " + table + " are in place"
                            : bad("capture: " + table + " is not captured as it should be"));
            for (JsonNode drift : triggers.path("drift")) {
                String of = drift.path("table").asText();
                if (of.isEmpty() || of.equals(table)) {
                    lines.add(bad("  " + drift.path("message").asText() + ": "
                            + drift.path("remedy").asText()));
                }
            }
        }
        lines.add(collector(collector));
        return lines;
    }

    private String collector(JsonNode collector) {
        String state = collector.path("state").asText("none");
        if (state.equals("collecting")) {
            JsonNode last = collector.path("lastCollected");
            return "collector: collecting; "
                    + (last.isNull()
                            ? "nothing was collected yet"
                            : "the last change came in at " + ChangeText.dayAndClock(last.asText()))
                    + "; rows waiting in the trigger table: "
                    + collector.path("backlog").asLong();
        }
        String why = collector.path("error").asText("");
        return bad("collector: " + state.replace('-', ' ')
                + (why.isEmpty() || collector.path("error").isNull() ? "" : ": " + why));
    }

    /** One change and its ways. */
    List<String> change(JsonNode whole) {
        JsonNode event = whole.path("change");
        JsonNode data = event.path("data");
        List<String> lines = new ArrayList<>();
        lines.add(ChangeText.dayAndClock(event.path("time").asText()) + "  "
                + ChangeText.operation(data.path("operation").asText(), ansi) + "  "
                + event.path("id").asText() + " at position "
                + data.path("position").asText() + ", transaction "
                + ChangeText.printable(data.path("transaction").asText()) + ChangeText.by(data));
        lines.add("  " + ChangeText.difference(data));
        int elsewhere = 0;
        int width = 0;
        for (JsonNode way : whole.path("ways")) {
            width = Math.max(width, way.path("subscription").asText().length());
        }
        for (JsonNode way : whole.path("ways")) {
            if (way.path("reason").asText().equals("table")
                    && whole.path("ways").size() > 1) {
                elsewhere++;
            } else {
                way(way, width, lines);
            }
        }
        if (whole.path("ways").isEmpty()) {
            lines.add(bad("  No subscription reads this database, so nobody is told: ./bactrian routes list"));
        } else if (elsewhere > 0) {
            lines.add("  " + elsewhere + (elsewhere == 1 ? " other subscription hears" : " other subscriptions hear")
                    + " of other tables only");
        }
        return lines;
    }

    private void way(JsonNode way, int width, List<String> lines) {
        String name = way.path("subscription").asText();
        String state = way.path("state").asText();
        lines.add("  " + String.format("%-" + width + "s", name) + "  " + state(state) + "  "
                + ChangeText.printable(way.path("text").asText()));
        JsonNode attempts = way.path("attempts");
        int hidden = Math.max(0, attempts.size() - SHOWN_ATTEMPTS);
        if (hidden > 0) {
            lines.add("      (" + hidden + " earlier attempt" + (hidden == 1 ? "" : "s") + ": --json shows all)");
        }
        for (int i = hidden; i < attempts.size(); i++) {
            attempt(attempts.get(i), lines);
        }
        String remedy = remedy(way, name, state);
        if (!remedy.isEmpty()) {
            lines.add("      → " + remedy);
        }
    }

    private void attempt(JsonNode attempt, List<String> lines) {
        StringBuilder line = new StringBuilder("      ");
        line.append(ChangeText.clock(attempt.path("started").asText()));
        line.append("  attempt ").append(attempt.path("attempt").asText());
        if (attempt.path("generation").asInt() > 0) {
            line.append(" (replayed)");
        }
        String outcome = attempt.path("outcome").asText();
        line.append("  ").append(outcome.replace('-', ' '));
        line.append(
                String.format(Locale.ROOT, "  %.0f ms", attempt.path("seconds").asDouble() * 1_000));
        if (attempt.path("changes").asInt() > 1) {
            line.append("  with ").append(attempt.path("changes").asInt() - 1).append(" others");
        }
        lines.add(line.toString());
        for (JsonNode answer : attempt.path("answers")) {
            lines.add("        " + answer(answer));
            if (curl && answer.path("curl").isTextual()) {
                lines.add("        "
                        + ChangeText.printable(answer.path(answer.path("send").isTextual() ? "send" : "curl")
                                .asText()));
                if (answer.path("note").isTextual()) {
                    lines.add("        (" + answer.path("note").asText() + ")");
                }
            }
        }
        if (attempt.path("error").isTextual() && attempt.path("answers").isEmpty()) {
            lines.add("        " + ChangeText.printable(attempt.path("error").asText()));
        }
    }

    private static String answer(JsonNode answer) {
        String body = ChangeText.printable(answer.path("body").asText().strip().replaceAll("\\s+", " "));
        String shown = body.length() <= SHOWN_BODY ? body : body.substring(0, SHOWN_BODY) + "…";
        return answer.path("method").asText()
                + ' '
                + ChangeText.printable(answer.path("target").asText())
                + (answer.path("status").isNull()
                        ? " got no answer"
                        : " answered " + answer.path("status").asText())
                + (shown.isEmpty() ? "" : ": " + shown);
    }

    /** What an operator can do about it. */
    private static String remedy(JsonNode way, String name, String state) {
        return switch (state) {
            case "dead" ->
                "mend the cause, then ./bactrian dead-letters retry "
                        + way.path("deadLetter").asText() + " (or discard)";
            case "waiting" ->
                way.path("text").asText().contains("paused") ? "./bactrian subscriptions resume " + name : "";
            default -> "";
        };
    }

    private String state(String state) {
        String padded = String.format("%-9s", state);
        return switch (state) {
            case "delivered" -> ChangeText.coloured(padded, "32", ansi);
            case "dead", "discarded" -> ChangeText.coloured(padded, "31", ansi);
            case "parked", "waiting", "in-flight" -> ChangeText.coloured(padded, "33", ansi);
            default -> padded;
        };
    }

    /**
     * No change of the row is in the journal.
     *
     * @param there whether the row is in the table now
     * @param oldest when the oldest change in the journal was made; empty where it holds none
     */
    List<String> nothing(boolean there, String oldest) {
        List<String> lines = new ArrayList<>();
        lines.add(bad("No change of this row is in the journal"
                + (oldest.isEmpty() ? ", which is empty" : ", which goes back to " + ChangeText.dayAndClock(oldest))
                + "."));
        lines.add(
                there
                        ? "The row is in the table now, so it was written without being captured, or before that:"
                        : "No row with this key is in the table now. If there was one:");
        lines.add("  - was it written before capture was installed, or longer ago than the journal's retention"
                + " (bactrian.journal.retention)?");
        lines.add("  - is its transaction committed?");
        lines.add("  - were triggers off for whoever wrote it (a bulk load, a restore, PostgreSQL's"
                + " session_replication_role = replica)?");
        lines.add("  - is it this database? ./bactrian tail " + table + " shows what is captured from now on");
        return lines;
    }

    private String bad(String text) {
        return ChangeText.coloured(text, "31", ansi);
    }
}
