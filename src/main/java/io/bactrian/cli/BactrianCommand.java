package io.bactrian.cli;

import io.bactrian.config.ConfigurationException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ./bactrian} and all its commands. What fails for a reason that the user can act on is told in words and exits
 * with 1, wrong usage with 2.
 */
@Command(
        name = "bactrian",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Connects a SQL database with everything around it, both ways, by route files.",
        footer = {
            "",
            "Begin with:",
            "  ./bactrian run             starts the platform (with a demo database, until you name yours)",
            "  ./bactrian COMMAND --help  tells more of a command",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage."
        },
        subcommands = {
            ListenCommand.class,
            SendCommand.class,
            RoutesCommand.class,
            SubscriptionsCommand.class,
            TailCommand.class,
            WhyCommand.class,
            DeadLettersCommand.class,
            KeysCommand.class,
            VersionCommand.class
        })
public final class BactrianCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private BactrianCommand() {}

    /** Runs one command line; returns its exit code. */
    public static int execute(PlatformStarter starter, CaptureOpener opener, String... arguments) {
        return commandLine(starter, opener).execute(arguments);
    }

    static CommandLine commandLine(PlatformStarter starter, CaptureOpener opener) {
        CommandLine commandLine = new CommandLine(new BactrianCommand());
        commandLine.addSubcommand(new RunCommand(starter));
        commandLine.addSubcommand(new CaptureCommand(opener));
        commandLine.setExecutionExceptionHandler((failure, line, parsed) -> {
            tell(line.getErr(), failure);
            return line.getCommandSpec().exitCodeOnExecutionException();
        });
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** What a user can act on is told in words; what nobody foresaw with its stack trace. */
    private static void tell(PrintWriter to, Exception failure) {
        if (failure instanceof CommandException
                || failure instanceof ConfigurationException
                || failure instanceof StartException) {
            to.println(failure.getMessage());
        } else {
            failure.printStackTrace(to);
        }
        to.flush();
    }
}
