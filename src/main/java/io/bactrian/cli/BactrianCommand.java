package io.bactrian.cli;

import io.bactrian.config.ConfigurationException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
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
            "  ./bactrian doctor          checks everything, and says what to do",
            "  ./bactrian COMMAND --help  tells more of a command",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage."
        },
        subcommands = {
            ListenCommand.class,
            SendCommand.class,
            SubscriptionsCommand.class,
            TailCommand.class,
            WhyCommand.class,
            DeadLettersCommand.class,
            KeysCommand.class,
            InitCommand.class,
            CompletionCommand.class,
            VersionCommand.class
        })
public final class BactrianCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private BactrianCommand() {}

    /** Runs one command line; returns its exit code. */
    public static int execute(DirectParts parts, String... arguments) {
        return commandLine(parts).execute(arguments);
    }

    static CommandLine commandLine(DirectParts parts) {
        CommandLine commandLine = new CommandLine(new BactrianCommand());
        commandLine.addSubcommand(new RunCommand(parts.starter()));
        commandLine.addSubcommand(new CaptureCommand(parts.capture()));
        commandLine.addSubcommand(new RoutesCommand(parts.routes()));
        commandLine.addSubcommand(new DoctorCommand(parts.examiner()));
        commandLine.setColorScheme(Help.defaultColorScheme(Terminal.colours(System.getenv())));
        commandLine.setExecutionExceptionHandler((failure, line, parsed) -> {
            tell(line.getErr(), line.getColorScheme().ansi(), failure);
            return line.getCommandSpec().exitCodeOnExecutionException();
        });
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** What a user can act on is told in words; what nobody foresaw with its stack trace. */
    private static void tell(PrintWriter to, Help.Ansi ansi, Exception failure) {
        if (failure instanceof CommandException
                || failure instanceof ConfigurationException
                || failure instanceof StartException) {
            to.println(ansi.enabled() ? "\u001b[31m" + failure.getMessage() + "\u001b[0m" : failure.getMessage());
        } else {
            failure.printStackTrace(to);
        }
        to.flush();
    }
}
