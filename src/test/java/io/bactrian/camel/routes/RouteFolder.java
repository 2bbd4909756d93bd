package io.bactrian.camel.routes;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;

/** A folder of route files over a context, with what tests ask of it. */
final class RouteFolder implements AutoCloseable {
    final Path directory;
    final List<Set<String>> orphaned = new CopyOnWriteArrayList<>();
    private final RouteFiles files;

    RouteFolder(Path directory, CamelContext context) {
        this(directory, context, Clock.systemUTC());
    }

    RouteFolder(Path directory, CamelContext context, Clock clock) {
        this.directory = directory;
        RouteFilesSettings settings = new RouteFilesSettings(
                directory, true, Duration.ofMillis(40), Duration.ofMillis(400), Duration.ofSeconds(5));
        files = new RouteFiles(context, settings, orphaned::add, clock);
    }

    RouteFolder start() {
        files.start();
        return this;
    }

    RouteFiles files() {
        return files;
    }

    RouteFolder write(String name, String content) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RouteFileStatus status(String name) {
        return files.list().stream()
                .filter(status -> status.file().equals(directory.getFileName() + "/" + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " isn't among " + files.list()));
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        files.list()
                .forEach(
                        status -> names.add(Path.of(status.file()).getFileName().toString()));
        return names;
    }

    RouteFileStatus awaitStatus(String name, Predicate<RouteFileStatus> condition) {
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(30))
                .until(() -> names().contains(Path.of(name).getFileName().toString()) && condition.test(status(name)));
        return status(name);
    }

    RouteFileStatus awaitError(String name) {
        return awaitStatus(name, status -> status.error() != null);
    }

    /** Waits until the file's present text is the one that runs. */
    RouteFileStatus awaitLoaded(String name, String... routes) {
        return awaitStatus(
                name,
                status -> status.state() == RouteFileStatus.State.LOADED
                        && status.routes().equals(List.of(routes)));
    }

    void awaitGone(String name) {
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> !names().contains(Path.of(name).getFileName().toString()));
    }

    @Override
    public void close() {
        files.close();
    }
}
