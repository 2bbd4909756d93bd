package io.bactrian.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.routes.RouteFileStatus;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.http.ApiKeys;
import io.bactrian.store.StoreException;
import io.bactrian.subscription.DeadLetters;
import io.bactrian.subscription.SubscriptionStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The command line as far as no platform is needed: usage, exit codes, help, and the manual's page. */
class CliTest {
    private static final Path MANUAL = Path.of("docs", "cli.md");
    /** The manual tells these once for all commands. */
    private static final Set<String> TOLD_ONCE = Set.of("--help", "--version", "--config", "--json");

    /** A table row of the manual begins with its commands, each in backquotes. */
    private static final Pattern COMMAND_CELL =
            Pattern.compile("^\\| (`[^|]*(?:\\\\\\|[^|]*)*) \\|", Pattern.MULTILINE);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void anUnknownCommandIsWrongUsage() {
        assertEquals(2, run("lunch"), this::told);
        assertTrue(err.toString().contains("'lunch'"), this::told);
    }

    @Test
    void noCommandIsWrongUsageAndShowsWhichThereAre() {
        assertEquals(2, run(), this::told);
        assertTrue(err.toString().contains("subscriptions"), this::told);
        assertEquals(2, run("subscriptions"), this::told);
        assertTrue(err.toString().contains("resume"), this::told);
    }

    @Test
    void whatIsMissingOrOfTheWrongKindIsWrongUsage() {
        assertEquals(2, run("send", "http://127.0.0.1:1/"), this::told);
        assertEquals(2, run("listen", "not-a-port"), this::told);
        assertEquals(2, run("dead-letters", "list", "--limit", "not-a-number"), this::told);
        assertEquals(2, run("subscriptions", "replay", "a", "--position", "1", "--time", "2026-01-01T00:00:00Z"));
        assertEquals(2, run("run", "--no-such-option"), this::told);
    }

    @Test
    void everyCommandExplainsItselfAndItsParameters() {
        for (CommandLine command : commands(commandLine())) {
            List<String> line = path(command);
            line.add("--help");
            assertEquals(0, run(line.toArray(String[]::new)), () -> line + "\n" + told());
            String help = out.toString();
            for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
                assertTrue(help.contains(parameter.paramLabel()), () -> line + " doesn't tell " + parameter + told());
                assertFalse(parameter.description().length == 0, () -> line + " doesn't explain " + parameter);
            }
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertTrue(help.contains(option.longestName()), () -> line + " doesn't tell " + option + told());
                assertFalse(option.description().length == 0, () -> line + " doesn't explain " + option);
            }
            command.getSubcommands().keySet().forEach(name -> assertTrue(help.contains(name), this::told));
        }
    }

    @Test
    void theManualListsEveryCommandWithItsOptions() throws IOException {
        String manual = Files.readString(MANUAL);
        for (CommandLine command : commands(commandLine())) {
            List<String> words = path(command);
            if (words.isEmpty()) {
                continue;
            }
            String row = row(manual, words);
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!TOLD_ONCE.contains(option.longestName())) {
                    assertTrue(row.contains(option.longestName()), () -> MANUAL + ": " + words + " lacks " + option);
                }
            }
            for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
                assertTrue(row.contains(parameter.paramLabel()), () -> MANUAL + ": " + words + " lacks " + parameter);
            }
        }
        TOLD_ONCE.stream().filter(option -> !option.equals("--version")).forEach(option -> {
            assertTrue(manual.contains(option), () -> MANUAL + " lacks " + option);
        });
    }

    /** The other way: an option that a row names is one of the commands' in that row. */
    @Test
    void theManualNamesNoOptionThatIsNotThere() throws IOException {
        Set<String> there = new TreeSet<>();
        commands(commandLine())
                .forEach(command ->
                        command.getCommandSpec().options().forEach(option -> there.addAll(List.of(option.names()))));
        Matcher cell = COMMAND_CELL.matcher(Files.readString(MANUAL));
        while (cell.find()) {
            Matcher option = Pattern.compile("--[a-z-]+").matcher(cell.group(1));
            while (option.find()) {
                assertTrue(there.contains(option.group()), () -> MANUAL + " tells of " + option.group());
            }
        }
    }

    @Test
    void whatPrintsDataPrintsJsonToo() {
        // They print what is no data: a log, a script, a live terminal's help.
        Set<String> without = Set.of("run", "completion");
        for (CommandLine command : commands(commandLine())) {
            boolean leaf = command.getSubcommands().isEmpty();
            if (leaf && !without.contains(command.getCommandName())) {
                assertTrue(
                        command.getCommandSpec().optionsMap().containsKey("--json"),
                        () -> path(command) + " has no --json");
            }
        }
    }

    @Test
    void coloursAreForTerminalsThatWantThem() {
        assertTrue(Terminal.colours(Map.of("TERM", "xterm"), true).enabled());
        assertFalse(Terminal.colours(Map.of("TERM", "xterm"), false).enabled());
        assertFalse(
                Terminal.colours(Map.of("TERM", "xterm", "NO_COLOR", "1"), true).enabled());
        assertFalse(Terminal.colours(Map.of("TERM", "dumb"), true).enabled());
    }

    @Test
    void aShellCompletesEveryCommand() {
        for (String shell : List.of("bash", "zsh")) {
            assertEquals(0, run("completion", shell), this::told);
            commandLine()
                    .getSubcommands()
                    .keySet()
                    .forEach(name -> assertTrue(out.toString().contains(name), () -> shell + " lacks " + name));
        }
        assertEquals(2, run("completion", "fish"), this::told);
    }

    @Test
    void aNewFoldersConfigurationHasEveryKeyOfTheShippedOne() throws IOException {
        assertEquals(0, run("init", folder.resolve("new").toString()), this::told);
        String made = Files.readString(folder.resolve("new/config/application.properties"));
        Matcher key = Pattern.compile("(?m)^#?(bactrian\\.[a-z.-]+)=")
                .matcher(Files.readString(Path.of("config", "application.properties")));
        while (key.find()) {
            boolean another = key.group(1).startsWith("bactrian.databases.")
                    && !key.group(1).startsWith("bactrian.databases.main.");
            assertTrue(
                    another || made.contains(key.group(1) + "="), () -> "init's configuration lacks " + key.group(1));
        }
        assertTrue(Files.exists(folder.resolve("new/.gitignore")));
        Files.writeString(folder.resolve("new/routes/orders-in.yaml"), "# mine");
        assertFailsInWords("--force", "init", folder.resolve("new").toString());
        assertEquals(0, run("init", "--force", folder.resolve("new").toString()), this::told);
        assertEquals("# mine", Files.readString(folder.resolve("new/routes/orders-in.yaml")));
    }

    @Test
    void theManualListsNoCommandThatIsNotThere() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher cell = COMMAND_CELL.matcher(Files.readString(MANUAL));
        while (cell.find()) {
            Matcher command = Pattern.compile("`([a-z-]+)").matcher(cell.group(1));
            while (command.find()) {
                listed.add(command.group(1));
            }
        }
        assertEquals(new TreeSet<>(commandLine().getSubcommands().keySet()), listed);
    }

    @Test
    void aWrongConfigurationIsToldInWords() throws IOException {
        Files.writeString(folder.resolve(Configuration.FILE), "bactrian.http.prot=1");
        assertFailsInWords("'bactrian.http.prot'", "run", "--config", folder.toString());
        assertFailsInWords("'bactrian.http.prot'", "capture", "plan", "--config", folder.toString());
    }

    @Test
    void aPlatformThatCanNotStartSaysWhyInWords() {
        assertFailsInWords("the remedy", "run", "--config", folder.toString());
    }

    @Test
    void aDataFolderInUseIsToldInWords() {
        assertFailsInWords("in use", "capture", "takeover", "--config", folder.toString());
    }

    @Test
    void aSecretThatIsNoneIsTold() {
        assertFailsInWords("whsec_", "send", "http://127.0.0.1:1/", "--data", "{}", "--secret", "whsec_!");
        assertFalse(err.toString().contains("URL"), this::told);
        assertFailsInWords("whsec_", "listen", "0", "--secret", "whsec_!");
    }

    @Test
    void theVersionIsPrinted() {
        assertEquals(0, run("version"), this::told);
        assertTrue(out.toString().startsWith("Bactrian "), this::told);
    }

    @Test
    void listsShowWhatTheApiTells() {
        assertTold(SubscriptionsCommand.COLUMNS, SubscriptionStatus.class);
        // A message's dead letter has its queue instead of a subscription and a change.
        assertTold(
                DeadLettersCommand.COLUMNS.stream()
                        .filter(column -> !column.equals("queue"))
                        .toList(),
                DeadLetters.DeadLetter.class);
        assertTold(RoutesCommand.COLUMNS, RouteFileStatus.class);
        assertTold(KeysCommand.COLUMNS, ApiKeys.ApiKey.class);
    }

    private static void assertTold(List<String> columns, Class<? extends Record> shown) {
        List<String> told = Arrays.stream(shown.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        for (String column : columns) {
            assertTrue(told.contains(column.split("/", 2)[0]), () -> column + " isn't among " + told);
        }
    }

    private void assertFailsInWords(String words, String... line) {
        assertEquals(1, run(line), this::told);
        assertTrue(err.toString().contains(words), this::told);
        assertFalse(err.toString().contains("\tat "), this::told);
    }

    private int run(String... line) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line);
    }

    private String told() {
        return "Output:\n" + out + "\nErrors:\n" + err;
    }

    private static CommandLine commandLine() {
        return BactrianCommand.commandLine(new DirectParts(
                (configuration, untilReady) -> {
                    throw new StartException("the remedy", new IllegalStateException());
                },
                new BusyDataFolder(),
                (configuration, files) -> List.of(),
                configuration -> List.of()));
    }

    /** The command and all below it. */
    private static List<CommandLine> commands(CommandLine command) {
        List<CommandLine> all = new ArrayList<>(List.of(command));
        command.getSubcommands().values().forEach(each -> all.addAll(commands(each)));
        return all;
    }

    private static List<String> path(CommandLine command) {
        CommandLine parent = command.getParent();
        if (parent == null) {
            return new ArrayList<>();
        }
        List<String> path = path(parent);
        path.add(command.getCommandName());
        return path;
    }

    /** The manual's rows on a command. */
    private static String row(String manual, List<String> words) {
        String rows = String.join(
                "\n",
                manual.lines()
                        .filter(line -> line.startsWith("| `" + words.get(0)))
                        .toList());
        words.forEach(word -> assertTrue(rows.contains(word), () -> MANUAL + " lacks " + words));
        return rows;
    }

    /** What the capture commands find where the platform is running. */
    private static final class BusyDataFolder implements CaptureOpener {
        @Override
        public Database database(Configuration configuration, String name) {
            throw new StoreException("data is in use");
        }

        @Override
        public CaptureSettings settings(Configuration configuration, String name) {
            return CaptureSettings.NONE;
        }

        @Override
        public String storeId(Configuration configuration) {
            throw new StoreException("data is in use");
        }
    }
}
