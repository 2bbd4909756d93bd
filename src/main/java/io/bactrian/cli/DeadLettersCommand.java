package io.bactrian.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Looks at dead letters, retries or discards them. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks at changes and queue messages that were given up on; retries or discards them.")
final class DeadLettersCommand implements Runnable {
    private static final String ID = "The dead letter's id, as list shows it.";

    /** Of what the API lists. */
    static final List<String> COLUMNS =
            List.of("id", "subscription", "queue", "change/id", "attempts", "died", "error");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them, newest first.")
    int list(@Mixin PlatformCommand platform) {
        platform.list("/api/dead-letters?limit=1000", COLUMNS);
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows one whole, with its change or message.")
    int show(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "ID", description = ID, converter = LetterId.class) String id) {
        platform.show("/api/dead-letters/" + id);
        return 0;
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Tries to deliver it again, now; a message goes back to its queue.")
    int retry(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "ID", description = ID, converter = LetterId.class) String id) {
        platform.call("POST", "/api/dead-letters/" + id + "/retry", null);
        platform.say("Dead letter " + id + " is tried again");
        return 0;
    }

    @Command(name = "discard", mixinStandardHelpOptions = true, description = "Forgets it.")
    int discard(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "ID", description = ID, converter = LetterId.class) String id) {
        platform.call("POST", "/api/dead-letters/" + id + "/discard", null);
        platform.say("Dead letter " + id + " is discarded");
        return 0;
    }

    /** A change's number, or a message's id. */
    static final class LetterId implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("(queue-)?\\d{1,19}")) {
                throw new TypeConversionException("'" + text + "' is no dead letter's id: NUMBER or queue-NUMBER");
            }
            return text;
        }
    }
}
