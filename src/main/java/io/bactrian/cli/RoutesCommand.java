package io.bactrian.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks at route files. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks at route files.")
final class RoutesCommand implements Runnable {
    /** Of what the API lists. */
    static final List<String> COLUMNS = List.of("file", "state", "routes", "loadedAt", "error/line", "error/message");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the files: what runs, and what is wrong with those that don't load.")
    int list(@Mixin PlatformCommand platform) {
        platform.list("/api/routes?limit=1000", COLUMNS);
        return 0;
    }
}
