package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bactrian.cli.PlatformClient.Found;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A row's whole way: was it captured, and what became of each of its last changes, by each subscription. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        description =
                "Tells where the last changes of a row went: whether they were captured, and for each subscription"
                        + " whether each was dropped and why, waits, is parked, failed, or was sent, with the answer.",
        footer = {
            "",
            "Examples:  ./bactrian why orders 42",
            "           ./bactrian why lines A%%2C1,7 --subscription lines-to-erp --curl",
            "",
            "It fails (1) where no change of the row is in the journal, and says what to check."
        })
final class WhyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PlatformCommand platform;

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table, as the catalog names it.")
    private String table = "";

    @Parameters(
            index = "1",
            paramLabel = "KEY",
            description = "The row's key; of several columns joined by commas (a comma within a value is %%2C).")
    private String key = "";

    @Option(names = "--subscription", paramLabel = "NAME", description = "This subscription alone.")
    private @Nullable String subscription;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "The database (default: main).")
    private String database = "main";

    @Option(
            names = "--last",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many changes, the newest first (default: 3).")
    private int last;

    @Option(names = "--curl", description = "Shows each call as a curl command, with $SECRET… in the place of secrets.")
    private boolean curl;

    @Override
    public Integer call() {
        PlatformClient client = platform.client();
        JsonNode capture = capture(client);
        List<JsonNode> found = changes(client);
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        for (JsonNode change : found) {
            Found whole = client.find("/api/changes/"
                    + change.path("data").path("position").asText() + "?database=" + UrlText.encode(database));
            if (whole.status() == 200) {
                changes.add(chosen(whole.json()));
            }
        }
        if (platform.isJson()) {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            all.put("table", table).put("key", key).put("database", database);
            all.set("capture", capture);
            all.set("changes", changes);
            spec.commandLine().getOut().println(all);
        } else {
            print(client, capture, changes);
        }
        return changes.isEmpty() ? 1 : 0;
    }

    private void print(PlatformClient client, JsonNode capture, ArrayNode changes) {
        PrintWriter out = spec.commandLine().getOut();
        WhyText text =
                new WhyText(table, curl, spec.commandLine().getColorScheme().ansi());
        out.println(table + " " + key + ", database " + database);
        text.capture(capture).forEach(out::println);
        changes.forEach(change -> {
            out.println();
            text.change(change).forEach(out::println);
        });
        if (changes.isEmpty()) {
            out.println();
            boolean there = client.find(rows() + "/" + UrlText.key(key)).status() == 200;
            Found oldest = client.find("/api/changes?limit=1&database=" + UrlText.encode(database));
            text.nothing(there, oldest.json().path(0).path("time").asText()).forEach(out::println);
        }
        out.flush();
    }

    /** The state of capture in the database. */
    private JsonNode capture(PlatformClient client) {
        JsonNode all = client.call("GET", "/api/capture?limit=1000", null);
        List<String> names = new ArrayList<>();
        for (JsonNode each : all == null ? JsonNodeFactory.instance.arrayNode() : all) {
            if (each.path("database").asText().equals(database)) {
                return each;
            }
            names.add(each.path("database").asText());
        }
        throw new CommandException("There is no database '" + database + "': there is " + String.join(", ", names));
    }

    /** The row's last changes, the newest first; goes on where the platform gave up looking for a while. */
    private List<JsonNode> changes(PlatformClient client) {
        List<JsonNode> found = new ArrayList<>();
        String path = rows() + "/" + UrlText.key(key) + "/history?limit=" + Math.max(1, last);
        boolean told = false;
        while (path != null && found.size() < last) {
            Found page = client.find(path);
            if (page.status() == 404) {
                throw new CommandException(page.json().path("detail").asText() + "\nWhat isn't captured is told to"
                        + " nobody: set bactrian.databases." + database + ".capture.tables, then ./bactrian capture"
                        + " install (./bactrian capture status shows what there is)");
            }
            page.json().forEach(found::add);
            path = page.next();
            if (path != null && found.size() < last && !told) {
                told = true;
                spec.commandLine().getErr().println("Looking through the journal …");
                spec.commandLine().getErr().flush();
            }
        }
        return found.subList(0, Math.min(found.size(), last));
    }

    private String rows() {
        return "/api/databases/" + UrlText.encode(database) + "/tables/" + UrlText.encode(table);
    }

    /** With the ways of the chosen subscription alone. */
    private JsonNode chosen(JsonNode change) {
        if (subscription == null || !(change instanceof ObjectNode whole)) {
            return change;
        }
        ArrayNode ways = JsonNodeFactory.instance.arrayNode();
        List<String> names = new ArrayList<>();
        for (JsonNode way : whole.path("ways")) {
            String name = way.path("subscription").asText();
            names.add(name);
            if (name.equals(subscription)) {
                ways.add(way);
            }
        }
        if (ways.isEmpty()) {
            throw new CommandException("There is no subscription '" + subscription + "' of database " + database
                    + (names.isEmpty() ? "" : ": there is " + String.join(", ", names)));
        }
        whole.set("ways", ways);
        return whole;
    }
}
