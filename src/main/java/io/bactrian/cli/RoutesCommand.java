package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bactrian.cli.RouteChecker.Checked;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at route files, checks and tries them. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks at route files, checks and tries them.")
final class RoutesCommand implements Runnable {
    /** Of what the API lists. */
    static final List<String> COLUMNS = List.of("file", "state", "routes", "loadedAt", "error/line", "error/message");

    private final RouteChecker checker;

    @Spec
    private CommandSpec spec;

    RoutesCommand(RouteChecker checker) {
        this.checker = checker;
    }

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

    @Command(
            name = "validate",
            mixinStandardHelpOptions = true,
            description = {
                "Checks route files as the platform would when it loads them, without the running platform. Exit code 1"
                        + " where one is wrong.",
                "Nothing is started, sent or connected to; a Java route file is compiled, and its configure() runs."
            })
    int validate(
            @Mixin ConfigurationOption configuration,
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..*",
                            description = "These files (default: all in the routes directory).")
                    @Nullable
                    List<Path> files) {
        List<Checked> checked = checker.check(configuration.load(), files == null ? List.of() : files);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(PlatformClient.JSON.valueToTree(checked).toString());
        } else {
            checked.forEach(this::print);
            if (checked.isEmpty()) {
                out.println("There are no route files (bactrian.routes.directory)");
            }
        }
        out.flush();
        return checked.stream().allMatch(Checked::ok) ? 0 : 1;
    }

    private void print(Checked file) {
        PrintWriter out = spec.commandLine().getOut();
        if (file.ok()) {
            out.println(ChangeText.coloured("ok", "32", ansi()) + "     " + file.file() + ": "
                    + (file.routes().isEmpty() ? "no route" : String.join(", ", file.routes())));
        } else {
            out.println(ChangeText.coloured("wrong", "31", ansi()) + "  " + file.file()
                    + (file.line() > 0 ? ":" + file.line() : "") + ": " + file.error());
            if (file.remedy() != null) {
                out.println("       → " + file.remedy());
            }
        }
        file.warnings()
                .forEach(warning -> out.println("       " + ChangeText.coloured("!", "33", ansi()) + " " + warning));
    }

    @Command(
            name = "try",
            mixinStandardHelpOptions = true,
            description = {
                "Runs a route file on the journal's last changes and shows what it would send, sending nothing and"
                        + " moving no subscription's position. The file need not be in the routes directory.",
                "Every endpoint is replaced by one that only notes, but those that stay within the file (direct:, seda:,"
                        + " bean:, log:, templates) and table:…?operation=read. What Java code or a script does by"
                        + " itself is really done."
            },
            footer = {"", "Example:  ./bactrian routes try routes/orders-to-hook.xml --last 20"})
    int tryFile(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "FILE", description = "The route file.") Path file,
            @Option(
                            names = "--last",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "How many changes each route is given, at most (default: 20).")
                    int last,
            @Option(
                            names = "--database",
                            paramLabel = "NAME",
                            description = "Whose changes (default: those of the database that the route names).")
                    @Nullable
                    String database) {
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("file", String.valueOf(file.getFileName()))
                .put("text", text(file))
                .put("last", last);
        if (database != null) {
            request.put("database", database);
        }
        JsonNode report = platform.call("POST", "/api/routes/try", request);
        if (report == null) {
            throw new CommandException("The platform answered nothing: is it another version?");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (platform.isJson()) {
            out.println(report);
        } else {
            new TrialText(ansi()).lines(report).forEach(out::println);
        }
        out.flush();
        return TrialText.failed(report) ? 1 : 0;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandException("Can't read " + file + ": there is no such file, or it is no UTF-8 text", e);
        }
    }

    private Ansi ansi() {
        return spec.commandLine().getColorScheme().ansi();
    }
}
