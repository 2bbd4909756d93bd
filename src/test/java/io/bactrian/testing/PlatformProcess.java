package io.bactrian.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The platform as a real process, in a folder of its own, with the JVM options of the launcher; it can be killed and
 * started again on the same data.
 */
public final class PlatformProcess implements AutoCloseable {
    public static final String KEY = "test-admin-key-0123456789abcdef0123456789abcdef";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    private PlatformProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Lays the folder out; starts nothing yet. */
    public static PlatformProcess in(Path folder, Map<String, String> configuration) {
        int port = FreePorts.next();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("bactrian.http.port", Integer.toString(port));
        all.put("bactrian.security.admin-key", KEY);
        all.put("bactrian.hooks.allow-cidr", "127.0.0.1/32");
        // It costs a second of processor time at each start, and 20 MB of disk: for those who ask for it.
        all.put("bactrian.broker.url", "none");
        all.putAll(configuration);
        StringBuilder text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        try {
            Files.createDirectories(folder.resolve("config"));
            Files.createDirectories(folder.resolve("routes"));
            Files.writeString(folder.resolve("config/application.properties"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PlatformProcess(folder, port);
    }

    public PlatformProcess route(String file, String text) {
        try {
            Files.writeString(folder.resolve("routes").resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Starts the process and returns at once. */
    public PlatformProcess launch() {
        try {
            process = builder("run")
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Runs one command line to its end, beside the platform; gives what it printed. */
    public String command(int exitCode, String... arguments) throws IOException, InterruptedException {
        Path printed = Files.createTempFile(folder, "command", ".out");
        Process command = builder(arguments).redirectOutput(printed.toFile()).start();
        if (!command.waitFor(60, TimeUnit.SECONDS)) {
            command.destroyForcibly();
        }
        String output = Files.readString(printed);
        if (command.waitFor() != exitCode) {
            throw new IllegalStateException(
                    String.join(" ", arguments) + " ended with " + command.exitValue() + ": " + output);
        }
        return output;
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:ThreadPriorityPolicy=1",
                "-XX:CompilerThreadPriority=5",
                "-XX:-PrintWarnings",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "-Dbactrian.home=" + folder,
                "-Dlog4j2.configurationFile="
                        + Path.of("config/log4j2.properties").toAbsolutePath()));
        String options = System.getenv("BACTRIAN_JAVA_OPTS");
        if (options != null && !options.isBlank()) {
            command.addAll(List.of(options.strip().split(" +")));
        }
        command.addAll(archive());
        command.addAll(List.of("-cp", classPath(), "io.bactrian.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    }

    /** Starts the process and waits until it says it is ready. */
    public PlatformProcess start() {
        launch();
        awaitReady();
        return this;
    }

    public void awaitReady() {
        Awaitility.await()
                .alias("ready; its log:\n" + output())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> !running().isAlive()
                        || call("GET", "/health/ready", null).statusCode() == 200);
        if (!running().isAlive()) {
            throw new IllegalStateException("It ended: " + output());
        }
    }

    /** kill -9. */
    public void kill() {
        running().destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM, and waits for the orderly end. */
    public int stop() {
        running().destroy();
        return awaitEnd();
    }

    public HttpResponse<String> call(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path)))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    public int port() {
        return port;
    }

    public Path folder() {
        return folder;
    }

    public long pid() {
        return running().pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** All it printed so far, over its restarts. */
    public String output() {
        try {
            return log().exists() ? Files.readString(log().toPath()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }

    /** What the launcher runs, where it was packaged; else what this JVM runs. */
    private static String classPath() {
        Path target = Path.of("target").toAbsolutePath();
        return isPackaged(target)
                ? target.resolve("bactrian.jar") + File.pathSeparator + target.resolve("lib/*")
                : System.getProperty("java.class.path");
    }

    /** As the launcher does. */
    private static List<String> archive() {
        Path target = Path.of("target").toAbsolutePath();
        Path archive = target.resolve("bactrian.jsa");
        return isPackaged(target) && Files.exists(archive)
                ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
                : List.of();
    }

    private static boolean isPackaged(Path target) {
        return Files.isDirectory(target.resolve("lib")) && Files.exists(target.resolve("bactrian.jar"));
    }

    private File log() {
        return folder.resolve("platform.log").toFile();
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException("It was not started");
        }
        return current;
    }

    /** Waits until it has ended; gives its exit code. */
    public int awaitEnd() {
        try {
            if (!running().waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("It doesn't end: " + output());
            }
            return running().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
