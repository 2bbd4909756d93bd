package io.bactrian.camel.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks route files as a platform would when it loads them, beside each other, and loads nothing: for a context in
 * which no route runs. For one thread.
 */
public final class RouteFileCheck {
    private final Path directory;
    private final RouteCheck check;

    /** What passed so far. */
    private final Map<RouteText, Loaded> passed = new LinkedHashMap<>();

    /** @param context what a platform's would be: its components, beans and properties; it need not be started */
    public RouteFileCheck(CamelContext context, Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        this.check = new RouteCheck(context);
    }

    /**
     * What was found in one file.
     *
     * @param file as the user named it; else its path, beginning with the routes directory's name
     * @param routes the ids of its routes; empty where it is wrong
     * @param error what is wrong; null where nothing is
     * @param warnings what its author should know though it would be loaded
     */
    public record Checked(
            String file, List<String> routes, @Nullable RouteFileError error, List<String> warnings) {}

    /**
     * Checks these files, or all of the directory where none is named. A file of the directory is checked beside the
     * others there: templates that it uses, ids that another has. One from elsewhere may use the directory's templates,
     * and may have any id: it may be meant to replace a file.
     *
     * @throws IOException where a named file can't be read, or isn't a route file
     */
    public List<Checked> check(List<Path> files) throws IOException {
        Set<Path> chosen = new LinkedHashSet<>();
        for (Path file : files) {
            chosen.add(readable(file));
        }
        Map<Path, Checked> results = new LinkedHashMap<>();
        Map<RouteText, RouteFileException> refused = checkDirectory();
        passed.forEach((text, loaded) -> results.put(text.file(), of(text.name(), loaded)));
        refused.forEach((text, cause) -> results.put(text.file(), of(text.name(), cause)));
        if (chosen.isEmpty()) {
            return results.values().stream()
                    .sorted((one, other) -> one.file().compareTo(other.file()))
                    .toList();
        }
        List<Checked> checked = new ArrayList<>();
        for (Path file : chosen) {
            Checked known = results.get(file);
            checked.add(known != null ? known : checkElsewhere(file));
        }
        return checked;
    }

    private static Path readable(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".xml") && !name.endsWith(".yaml") && !name.endsWith(".java")) {
            throw new IOException(file + " is no route file: their names end with .xml, .yaml or .java");
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IOException(file + " can't be read: there is no such file, or you may not read it");
        }
        return file.toAbsolutePath().normalize();
    }

    /** In passes, for a file may use a template of one that comes later. */
    private Map<RouteText, RouteFileException> checkDirectory() {
        Map<RouteText, RouteFileException> refused = new LinkedHashMap<>();
        if (!Files.isDirectory(directory)) {
            return refused;
        }
        List<RouteText> pending;
        try (DirectoryWatch files = new DirectoryWatch(directory, Duration.ofSeconds(1), Duration.ofSeconds(1))) {
            pending = new ArrayList<>(files.all().changed());
        }
        boolean progress = true;
        while (progress && !pending.isEmpty()) {
            progress = false;
            for (RouteText text : List.copyOf(pending)) {
                try {
                    passed.put(text, check.check(text, servingTexts(), this::ownerOf));
                    pending.remove(text);
                    refused.remove(text);
                    // Only templates and the like can make good what was refused before.
                    progress |= passed.get(text).servesOthers();
                } catch (RouteFileException e) {
                    refused.put(text, e);
                }
            }
        }
        return refused;
    }

    private Checked checkElsewhere(Path file) {
        RouteText text = new RouteText(file.toString(), file, String.valueOf(DirectoryWatch.read(file)));
        try {
            return of(text.name(), check.check(text, servingTexts(), id -> null));
        } catch (RouteFileException e) {
            return of(text.name(), e);
        }
    }

    private List<RouteText> servingTexts() {
        return passed.entrySet().stream()
                .filter(each -> each.getValue().servesOthers())
                .map(Map.Entry::getKey)
                .toList();
    }

    private @Nullable String ownerOf(String id) {
        for (Map.Entry<RouteText, Loaded> each : passed.entrySet()) {
            if (each.getValue().routeIds().contains(id)
                    || each.getValue().templateIds().contains(id)) {
                return each.getKey().name();
            }
        }
        return null;
    }

    private static Checked of(String name, Loaded loaded) {
        return new Checked(name, loaded.routeIds(), null, loaded.warnings());
    }

    private static Checked of(String name, RouteFileException cause) {
        return new Checked(
                name, List.of(), new RouteFileError(cause.line(), String.valueOf(cause.getMessage())), List.of());
    }
}
