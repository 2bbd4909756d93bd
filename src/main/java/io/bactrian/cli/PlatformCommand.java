package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that ask the running platform have in common; a mixin. */
final class PlatformCommand {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private ConfigurationOption configuration;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    PlatformClient client() {
        return new PlatformClient(configuration.load());
    }

    boolean isJson() {
        return json;
    }

    @Nullable
    JsonNode call(String method, String path, @Nullable JsonNode body) {
        return client().call(method, path, body);
    }

    /** Prints the answer's list as a table, or all of it as JSON. */
    void list(String path, List<String> fields) {
        JsonNode answer = call("GET", path, null);
        if (answer == null || json || !answer.isArray()) {
            spec.commandLine().getOut().println(answer);
        } else {
            Listing.print(
                    spec.commandLine().getOut(),
                    spec.commandLine().getColorScheme().ansi(),
                    answer,
                    fields);
        }
    }

    /** Prints one object, indented. */
    void show(String path) {
        JsonNode answer = call("GET", path, null);
        spec.commandLine().getOut().println(json || answer == null ? answer : answer.toPrettyString());
    }

    /** What was made: as JSON, or in a word. */
    void show(JsonNode made, String word) {
        spec.commandLine().getOut().println(json ? made.toString() : word);
    }

    /** What was done, in words. */
    void say(String text) {
        spec.commandLine()
                .getOut()
                .println(json ? PlatformClient.JSON.createObjectNode().put("done", text) : text);
    }
}
