package io.bactrian.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the version. */
@Command(name = "version", mixinStandardHelpOptions = true, description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? PlatformClient.JSON
                                        .createObjectNode()
                                        .put("version", Version.number())
                                        .put("java", Runtime.version().toString())
                                : new Version().getVersion()[0]);
        return 0;
    }
}
