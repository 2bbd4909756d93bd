package io.bactrian.testing;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Chromium without a window, driven by Playwright.
 *
 * <p>It is the one that the environment variable {@code BACTRIAN_CHROMIUM} names; else an installed one; else, on Debian
 * and its kin, the distribution's packages unpacked into {@code target/chromium}, where they stay: nothing is installed,
 * and no rights are needed. Where none of these is to be had it fails and says so; a test of the console is never skipped
 * in silence.
 */
public final class Chromium implements AutoCloseable {
    private static final String VARIABLE = "BACTRIAN_CHROMIUM";
    private static final Path CACHE = Path.of("target/chromium").toAbsolutePath();
    private static final String UNPACKED = "usr/lib/chromium/chromium";
    private static final List<String> PACKAGES = List.of("chromium", "fonts-dejavu-core", "fontconfig-config");
    private static final List<String> INSTALLED = List.of(
            "/usr/bin/chromium",
            "/usr/bin/google-chrome-stable",
            "/usr/bin/google-chrome",
            "/usr/bin/chromium-browser",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Starts one; the first time on a machine without one it is downloaded (about 120 MB). */
    public static Chromium start() {
        Path executable = executable();
        Map<String, String> environment = environment(executable);
        // It would download browsers of its own, for every engine it knows.
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            Browser browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(executable)
                            .setEnv(environment)
                            // The sandbox needs rights that a container doesn't give.
                            .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
            return new Chromium(playwright, browser);
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    public Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        playwright.close();
    }

    private static Path executable() {
        String named = System.getenv(VARIABLE);
        if (named != null && !named.isBlank()) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalStateException(VARIABLE + "=" + named + ": there is no program");
            }
            return Path.of(named);
        }
        for (String installed : INSTALLED) {
            // Some of these paths only say how to install it.
            if (Files.isExecutable(Path.of(installed)) && runs(Path.of(installed))) {
                return Path.of(installed);
            }
        }
        return unpacked();
    }

    private static Path unpacked() {
        Path executable = CACHE.resolve(UNPACKED);
        try {
            Files.createDirectories(CACHE.getParent());
            Path lock = CACHE.resolveSibling("chromium.lock");
            // Another JVM may be at it.
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = channel.lock()) {
                if (!held.isValid()) {
                    throw new IOException(lock + " can't be locked");
                }
                if (!Files.isExecutable(executable)) {
                    unpack();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!runs(executable)) {
            throw new IllegalStateException(executable + " doesn't run: delete " + CACHE + " to unpack it anew, or set "
                    + VARIABLE + " to an installed Chromium or Chrome");
        }
        return executable;
    }

    /** Whole or not at all: it is moved to its place when all is there. */
    private static void unpack() throws IOException {
        Path work = CACHE.resolveSibling("chromium.unfinished");
        delete(work);
        delete(CACHE);
        Path packages = Files.createDirectories(work.resolve("packages"));
        Path root = Files.createDirectories(work.resolve("root"));
        try {
            download(packages, List.of());
        } catch (IllegalStateException stale) {
            // The lists of packages are missing or old: fresh ones, beside the machine's own.
            List<String> lists = List.of(
                    "-o",
                    "Dir::State::Lists="
                            + Files.createDirectories(work.resolve("lists/partial"))
                                    .getParent(),
                    "-o",
                    "Dir::Cache="
                            + Files.createDirectories(work.resolve("cache/archives/partial"))
                                    .getParent()
                                    .getParent(),
                    "-o",
                    "Debug::NoLocking=1");
            apt(packages, "update", lists);
            download(packages, lists);
        }
        for (Path each : list(packages)) {
            run(packages, List.of("dpkg", "-x", each.toString(), root.toString()));
        }
        Files.move(root, CACHE, StandardCopyOption.ATOMIC_MOVE);
        delete(work);
    }

    /** Chromium, and those of the packages it depends on that the machine doesn't have. */
    private static void download(Path into, List<String> options) {
        List<String> simulated = new ArrayList<>(options);
        simulated.addAll(List.of("--simulate", "--no-install-recommends"));
        simulated.addAll(PACKAGES);
        List<String> wanted = new ArrayList<>(options);
        apt(into, "install", simulated)
                .lines()
                .filter(line -> line.startsWith("Inst "))
                .map(line -> line.split(" ")[1])
                .forEach(wanted::add);
        apt(into, "download", wanted);
    }

    private static String apt(Path folder, String command, List<String> arguments) {
        List<String> whole = new ArrayList<>(List.of("apt-get", "--quiet", command));
        whole.addAll(arguments);
        return run(folder, whole);
    }

    private static String run(Path folder, List<String> command) {
        Path output = folder.resolveSibling("output.txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw failed(command, "it didn't end in 10 minutes", null);
            }
            String told = Files.readString(output);
            if (process.exitValue() != 0) {
                throw failed(command, told, null);
            }
            return told;
        } catch (IOException e) {
            throw failed(command, e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(command, "interrupted", e);
        }
    }

    private static IllegalStateException failed(List<String> command, String why, @Nullable Exception cause) {
        String shown = String.join(" ", command);
        return new IllegalStateException(
                "No Chromium is installed, and the distribution's can't be had: set " + VARIABLE
                        + " to an installed Chromium or Chrome. " + (shown.length() > 200 ? command.get(0) : shown)
                        + ": " + why,
                cause);
    }

    private static boolean runs(Path executable) {
        try {
            ProcessBuilder builder = new ProcessBuilder(executable.toString(), "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment(executable));
            Process process = builder.start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An unpacked one finds its libraries and fonts beside it. */
    private static Map<String, String> environment(Path executable) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (!executable.startsWith(CACHE)) {
            return environment;
        }
        Map<Path, Boolean> folders = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(CACHE)) {
            files.filter(file ->
                            file.getFileName().toString().contains(".so") && !file.startsWith(executable.getParent()))
                    .forEach(file -> folders.put(file.getParent(), true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        environment.put(
                "LD_LIBRARY_PATH",
                String.join(
                        File.pathSeparator,
                        folders.keySet().stream().map(Path::toString).toList()));
        environment.put("XDG_DATA_HOME", CACHE.resolve("usr/share").toString());
        if (!Files.exists(Path.of("/etc/fonts/fonts.conf"))) {
            environment.put("FONTCONFIG_PATH", CACHE.resolve("etc/fonts").toString());
        }
        return environment;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
