package io.bactrian.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at subscriptions and steers them. */
@Command(
        name = "subscriptions",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks at subscriptions and steers them.")
final class SubscriptionsCommand implements Runnable {
    private static final String NAME = "The subscription's name: the route's id.";

    /** Of what the API lists. */
    static final List<String> COLUMNS =
            List.of("name", "database", "state", "position", "lag", "parked", "deadLetters", "lastError");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all: position, lag, state, parked.")
    int list(@Mixin PlatformCommand platform) {
        platform.list("/api/subscriptions?limit=1000", COLUMNS);
        return 0;
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one whole.")
    int show(@Mixin PlatformCommand platform, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        platform.show(path(name));
        return 0;
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Stops deliveries; changes wait.")
    int pause(@Mixin PlatformCommand platform, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        platform.call("POST", path(name) + "/pause", null);
        platform.say(name + " is paused; ./bactrian subscriptions resume " + name + " goes on");
        return 0;
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Goes on where it stopped.")
    int resume(@Mixin PlatformCommand platform, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        platform.call("POST", path(name) + "/resume", null);
        platform.say(name + " runs");
        return 0;
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Sets it back: what comes after the position or time is delivered again, with the same ids.")
    int replay(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @ArgGroup(multiplicity = "1") From from) {
        platform.call("POST", path(name) + "/replay", from.body());
        platform.say(name + " is replayed from there");
        return 0;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Forgets one that no route uses: position, parked changes, dead letters.")
    int delete(@Mixin PlatformCommand platform, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        platform.call("DELETE", path(name), null);
        platform.say(name + " is deleted");
        return 0;
    }

    private static String path(String name) {
        return "/api/subscriptions/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Where a replay begins. */
    static final class From {
        @Option(names = "--position", paramLabel = "N", description = "The last position not to deliver again.")
        private @Nullable Long position;

        @Option(names = "--time", paramLabel = "TIME", description = "ISO 8601, such as 2026-03-01T08:00:00Z.")
        private @Nullable String time;

        ObjectNode body() {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            return position != null ? body.put("position", position) : body.put("time", time);
        }
    }
}
