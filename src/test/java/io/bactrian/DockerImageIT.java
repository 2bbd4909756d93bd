package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image's steps in a plain folder, since a Docker engine is not everywhere: what the Dockerfile's last stage copies is
 * laid out as it says, and the image's own command and health check run there.
 */
class DockerImageIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path DOCKERFILE = PROJECT.resolve("docker/Dockerfile");

    @TempDir
    Path image;

    private @Nullable Process platform;

    @AfterEach
    void stop() throws InterruptedException {
        if (platform != null && platform.isAlive()) {
            platform.destroy();
            platform.waitFor(20, TimeUnit.SECONDS);
            platform.destroyForcibly();
        }
    }

    @Test
    void theImageStartsSaysItIsHealthyAndEndsOnSigterm() throws Exception {
        layOut();
        int port = freePort();
        assertEquals(1, health(port), "nothing runs yet");

        platform = process(port, "./bactrian", "run")
                .redirectOutput(image.resolve("log").toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .conditionEvaluationListener(ignored -> assertTrue(platform.isAlive(), this::log))
                .until(() -> health(port) == 0);
        assertTrue(Files.exists(image.resolve("data/admin.key")), "data/ is where the volume is");

        platform.destroy();
        assertTrue(platform.waitFor(15, TimeUnit.SECONDS), "it ends within the grace period");
        assertEquals(1, health(port));
    }

    @Test
    void whatTheBuildIgnoresIsNothingTheDockerfileCopies() throws IOException {
        List<String> let = Files.readAllLines(PROJECT.resolve("docker/Dockerfile.dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        for (Copy copy : copies(Files.readString(DOCKERFILE))) {
            if (copy.stage() == null) {
                assertTrue(Files.exists(PROJECT.resolve(copy.source())), copy::toString);
                assertTrue(
                        let.stream()
                                .anyMatch(each -> each.equals(copy.source()) || each.startsWith(copy.source() + "/")),
                        () -> copy + " is ignored");
            }
        }
    }

    @Test
    void theImageRunsAsAUserThatIsNotRoot() throws IOException {
        List<String> lines = Files.readAllLines(DOCKERFILE);
        int user = lines.indexOf("USER bactrian");
        assertTrue(user > 0);
        assertFalse(lines.subList(user + 1, lines.size()).stream().anyMatch(line -> line.startsWith("USER")));
        assertTrue(lines.indexOf("ENTRYPOINT [\"./bactrian\"]") > user);
        assertTrue(lines.contains("CMD [\"run\"]"));
    }

    /** @param stage null where it comes from the project */
    private record Copy(@Nullable String stage, String source, String target) {}

    private static List<Copy> copies(String dockerfile) {
        List<Copy> copies = new ArrayList<>();
        Matcher line = Pattern.compile("^COPY (?:--from=(\\S+) )?(.+) (\\S+)$", Pattern.MULTILINE)
                .matcher(dockerfile);
        while (line.find()) {
            for (String source : line.group(2).split(" ")) {
                copies.add(new Copy(line.group(1), source, line.group(3)));
            }
        }
        return copies;
    }

    private void layOut() throws IOException {
        String text = Files.readString(DOCKERFILE);
        for (Copy copy : copies(text.substring(text.lastIndexOf("\nFROM ")))) {
            if ("jdk".equals(copy.stage())) {
                continue;
            }
            Path source = PROJECT.resolve(copy.source().replaceFirst("^/build/", ""));
            Path target = image.resolve(copy.target()).normalize();
            copy(source, Files.isDirectory(source) ? target : target.resolve(source.getFileName()));
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Path to = target.resolve(source.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(each, to);
                }
            }
        }
    }

    private int health(int port) throws IOException, InterruptedException {
        Process check = process(port, "./healthy").start();
        assertTrue(check.waitFor(5, TimeUnit.SECONDS), "the time that the Dockerfile grants");
        return check.exitValue();
    }

    private ProcessBuilder process(int port, String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(image.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("BACTRIAN_HTTP_PORT", Integer.toString(port));
        return builder;
    }

    private String log() {
        try {
            return Files.readString(image.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
