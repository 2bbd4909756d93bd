package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.FreePorts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's walk-through, word for word: its shell blocks are run in order, with other ports and in another folder. */
class ReadmeIT {
    private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```");

    @TempDir
    Path folder;

    private final int port = FreePorts.next();
    private final int hookPort = FreePorts.next();
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void layOutAsDistributed() throws IOException {
        Path project = Path.of("").toAbsolutePath();
        for (String each : List.of("config", "routes")) {
            try (Stream<Path> files = Files.walk(project.resolve(each))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, folder.resolve(project.relativize(file)));
                }
            }
        }
        Files.copy(project.resolve("bactrian"), folder.resolve("bactrian"));
        assertTrue(folder.resolve("bactrian").toFile().setExecutable(true));
        Files.createSymbolicLink(folder.resolve("classes"), project.resolve("target/classes"));
        Files.createSymbolicLink(folder.resolve("lib"), project.resolve("target/lib"));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void theWalkThroughWorksWordForWord() throws Exception {
        Iterator<String> blocks = shellBlocks().iterator();
        File log = background("run", "./bactrian run");
        awaiting(log).until(() -> text(log).contains("Ready in"));

        assertEquals("", shell(blocks.next()));
        awaiting(log).until(() -> text(log).contains("changes are parked"));
        assertTrue(shell(blocks.next()).contains("orders-to-hook"));
        File listener = background("listen", "./bactrian listen " + hookPort);
        awaiting(listener).until(() -> text(listener).contains("status: \"new\" → \"paid\""));

        String send = blocks.next();
        assertTrue(shell(send).contains("message-1: 20"));
        assertTrue(shell(send).contains("message-1: 20"));
        awaiting(listener).until(() -> text(listener).contains("orders insert {\"id\":100}"));
        assertTrue(shell(blocks.next()).contains("\"id\":100"));
        assertEquals("401", shell(blocks.next()).strip());

        String sell = blocks.next();
        shell(sell);
        awaiting(log).until(() -> text(log).contains("Low stock: SADDLE, 2 left"));
        awaiting(log).until(() -> text(log).contains("Purchase request written: SADDLE, 7"));

        Path route = folder.resolve("routes/LowStock.java");
        String original = Files.readString(route);
        String edited = original.replace("Low stock: ", "Reorder now: ");
        edit(route, edited, log, "routes/LowStock.java loaded");
        shell(sell.replace("\"quantity\": 2", "\"quantity\": 1"));
        awaiting(log).until(() -> text(log).contains("Reorder now: SADDLE, 1 left"));

        String broken = edited.replace("table:purchase_requests", "nonsense:here");
        edit(route, broken, log, "routes/LowStock.java:");
        String routes = shell(blocks.next());
        assertTrue(routes.contains("old-version-running"), routes);
        shell(sell.replace("\"quantity\": 2", "\"quantity\": 0"));
        awaiting(log).until(() -> text(log).contains("Reorder now: SADDLE, 0 left"));
        edit(route, edited, log, "routes/LowStock.java loaded");
        assertTrue(!blocks.hasNext(), "every block of the README was run");
    }

    /** Saves a file and waits until the log says once more what it says of it. */
    private void edit(Path file, String text, File log, String said) throws IOException {
        int before = occurrences(text(log), said);
        Files.writeString(file, text);
        awaiting(log).until(() -> occurrences(text(log), said) > before);
    }

    private List<String> shellBlocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = SHELL_BLOCK.matcher(Files.readString(Path.of("README.md")));
        while (matcher.find()) {
            blocks.add(matcher.group(1).replace("127.0.0.1:8080", "127.0.0.1:" + port));
        }
        return blocks;
    }

    private String shell(String script) throws IOException, InterruptedException {
        File output = Files.createTempFile(folder, "shell", ".out").toFile();
        Process process = command(script, output).start();
        started.add(process);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), script);
        return text(output);
    }

    private File background(String name, String script) throws IOException {
        File output = folder.resolve(name + ".log").toFile();
        started.add(command("exec " + script, output).start());
        return output;
    }

    private ProcessBuilder command(String script, File output) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().put("BACTRIAN_HTTP_PORT", Integer.toString(port));
        builder.environment().put("DEMO_HOOK_URL", "http://127.0.0.1:" + hookPort + "/");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private static ConditionFactory awaiting(File log) {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).conditionEvaluationListener(condition -> {
            if (condition.getRemainingTimeInMS() < 200) {
                System.err.println(log + ":\n" + text(log));
            }
        });
    }

    private static int occurrences(String text, String part) {
        return text.split(Pattern.quote(part), -1).length;
    }

    private static String text(File file) {
        try {
            return file.exists() ? Files.readString(file.toPath()) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
