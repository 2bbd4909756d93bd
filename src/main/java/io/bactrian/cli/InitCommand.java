package io.bactrian.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a folder to begin with. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description =
                "Makes a new folder with config/ and routes/: a commented configuration, one example route in each"
                        + " DSL, and a .gitignore for data/. It works as it is, with a demo database.",
        footer = {"", "Example:  ./bactrian init ~/shop"})
final class InitCommand implements Callable<Integer> {
    private static final List<String> FILES = List.of(
            "config/application.properties",
            "routes/orders-to-hook.xml",
            "routes/orders-in.yaml",
            "routes/LowStock.java");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder; made where there is none.")
    private Path folder;

    @Option(
            names = "--force",
            description = "Also where the folder isn't empty. Files that are there already are left as they are.")
    private boolean force;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    InitCommand() {
        folder = Path.of("");
    }

    @Override
    public Integer call() {
        Path target = folder.toAbsolutePath().normalize();
        List<String> made = new ArrayList<>();
        try {
            refuseWhatIsThere(target);
            for (String file : FILES) {
                write(target, file, file, made);
            }
            write(target, ".gitignore", "gitignore", made);
        } catch (IOException e) {
            throw new CommandException("Can't make " + target + ": " + e, e);
        }
        PrintWriter out = spec.commandLine().getOut();
        String next = "./bactrian run --config " + quoted(target.resolve("config")) + " --routes "
                + quoted(target.resolve("routes")) + " --data " + quoted(target.resolve("data"));
        if (json) {
            out.println(PlatformClient.JSON
                    .createObjectNode()
                    .put("folder", target.toString())
                    .put("next", next)
                    .set("files", PlatformClient.JSON.valueToTree(made)));
        } else {
            made.forEach(file -> out.println("Made " + target.resolve(file)));
            out.println();
            out.println("Next:  " + next);
        }
        out.flush();
        return 0;
    }

    private void refuseWhatIsThere(Path target) throws IOException {
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new CommandException(target + " is a file: name a folder");
        }
        if (force || !Files.exists(target)) {
            return;
        }
        try (var entries = Files.list(target)) {
            if (entries.findAny().isPresent()) {
                throw new CommandException(
                        target + " is not empty: name another folder, or add to this one with --force");
            }
        }
    }

    private static void write(Path target, String file, String resource, List<String> made) throws IOException {
        Path path = target.resolve(file);
        if (Files.exists(path)) {
            return;
        }
        Files.createDirectories(path.getParent());
        try (InputStream content = InitCommand.class.getResourceAsStream("/init/" + resource)) {
            if (content == null) {
                throw new IOException("this build holds no " + resource);
            }
            Files.copy(content, path);
        }
        made.add(file);
    }

    /** As a shell takes it. */
    private static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[\\w./~+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
