package io.bactrian.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows changes as they come. A connection that breaks is made again, and goes on where it broke. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Shows changes as they are collected, one a line, until Ctrl-C.",
        footer = {
            "",
            "Examples:  ./bactrian tail",
            "           ./bactrian tail orders customers --from 2026-03-01T08:00:00Z",
            "           ./bactrian tail --from earliest --json | jq .data.after"
        })
final class TailCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PlatformCommand platform;

    @Parameters(paramLabel = "TABLE", arity = "0..*", description = "Of these tables only.")
    private @Nullable List<String> tables;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "The database (default: main).")
    private String database = "main";

    @Option(
            names = "--from",
            paramLabel = "POSITION|TIME|earliest",
            description =
                    "Begins after a position of the journal, at a time (ISO 8601), or with the earliest change that"
                            + " is held (default: now).")
    private @Nullable String from;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many changes.")
    private @Nullable Long count;

    private long shown;
    private @Nullable String lastId;

    @Override
    public Integer call() throws InterruptedException {
        PlatformClient client = platform.client();
        PrintWriter problems = spec.commandLine().getErr();
        boolean connected = false;
        boolean broken = false;
        while (true) {
            try (Stream<String> lines = client.feed(path(), lastId)) {
                connected = true;
                if (broken) {
                    broken = false;
                    problems.println("Connected again");
                    problems.flush();
                }
                if (show(lines.iterator())) {
                    return 0;
                }
            } catch (CommandException e) {
                if (!connected) {
                    throw e;
                }
            } catch (UncheckedIOException e) {
                // told below: whatever broke it, the remedy is the same
            }
            if (!broken) {
                broken = true;
                problems.println("The connection to the platform broke; trying again …");
                problems.flush();
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private String path() {
        StringBuilder path = new StringBuilder("/api/changes?database=").append(UrlText.encode(database));
        if (tables != null && !tables.isEmpty()) {
            path.append("&tables=").append(UrlText.encode(String.join(",", tables)));
        }
        if (from != null) {
            path.append("&from=").append(UrlText.encode(from));
        }
        return path.toString();
    }

    /** Reads events (WHATWG HTML, 9.2.6); true when it has shown as many as it should. */
    private boolean show(Iterator<String> lines) {
        String name = "change";
        StringBuilder data = new StringBuilder();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.isEmpty()) {
                if (data.length() > 0) {
                    print(name, data.toString());
                }
                name = "change";
                data.setLength(0);
                if (count != null && shown >= count) {
                    return true;
                }
            } else if (line.startsWith("id: ")) {
                lastId = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data.append(line, 6, line.length());
            }
        }
        return false;
    }

    private void print(String name, String data) {
        PrintWriter out = spec.commandLine().getOut();
        if (name.equals("change")) {
            shown++;
            out.println(platform.isJson() ? data : ChangeText.line(parsed(data), ansi()));
        } else if (platform.isJson()) {
            out.println("{\"" + name + "\":" + data + "}");
        } else {
            JsonNode event = parsed(data);
            out.println(ChangeText.coloured(
                    name.equals("gap")
                            ? "-- gap after position " + event.path("position").asText() + ": changes may be missing: "
                                    + event.path("reason").asText()
                            : "-- " + event.path("reason").asText() + "; goes on after position "
                                    + event.path("position").asText(),
                    "35",
                    ansi()));
        }
        out.flush();
    }

    private Ansi ansi() {
        return spec.commandLine().getColorScheme().ansi();
    }

    private static JsonNode parsed(String data) {
        try {
            return PlatformClient.JSON.readTree(data);
        } catch (JsonProcessingException e) {
            throw new CommandException("The platform sent what is no JSON: " + data, e);
        }
    }
}
