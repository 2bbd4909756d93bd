package io.bactrian.camel.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which route files of a folder have other contents than before. Notifications only wake it; contents decide. A
 * file counts only when it has been left alone for a while, since editors truncate, write in parts, and rename. Used
 * by one thread; {@link #close} may come from another and ends a waiting {@link #await}.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);

    /** @param deleted names of files that are gone */
    record Batch(List<RouteText> changed, List<String> deleted) {
        boolean isEmpty() {
            return changed.isEmpty() && deleted.isEmpty();
        }
    }

    private record Stamp(long size, FileTime modified) {}

    private final Path directory;
    private final Duration quiet;
    private final Duration poll;
    private final @Nullable WatchService notifications;

    /** Contents as last told. */
    private final Map<Path, String> known = new TreeMap<>();

    private final Map<Path, Stamp> stamps = new HashMap<>();
    private final Map<Path, Long> restlessSince = new HashMap<>();
    private final Set<Path> watched = new HashSet<>();
    private long lastPoll = System.nanoTime();
    private boolean troubled;

    DirectoryWatch(Path directory, Duration quiet, Duration poll) {
        this.directory = directory.toAbsolutePath().normalize();
        this.quiet = quiet;
        this.poll = poll;
        this.notifications = open(this.directory);
    }

    private static @Nullable WatchService open(Path directory) {
        try {
            return directory.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            LOG.info("No change notifications for {} ({}): it is polled", directory, e.toString());
            return null;
        }
    }

    /** Everything that is there now, however young. */
    Batch all() {
        Map<Path, Stamp> found = look();
        List<RouteText> texts = new ArrayList<>();
        if (found != null) {
            stamps.putAll(found);
            for (Path file : new TreeSet<>(found.keySet())) {
                String content = read(file);
                if (content != null) {
                    known.put(file, content);
                    texts.add(text(file, content));
                }
            }
        }
        return new Batch(texts, List.of());
    }

    /** Waits until contents have changed and come to rest, or the time is over. */
    Batch await(Duration atMost) throws InterruptedException {
        sleepUntilWoken(shortest(atMost));
        Map<Path, Stamp> found = look();
        if (found == null) {
            return new Batch(List.of(), List.of());
        }
        noteChanges(found);
        return settled();
    }

    private Duration shortest(Duration atMost) {
        Duration wait = atMost.compareTo(poll) < 0 ? atMost : poll;
        if (!restlessSince.isEmpty()) {
            Duration half = quiet.dividedBy(2);
            wait = wait.compareTo(half) < 0 ? wait : half;
        }
        return wait;
    }

    private void sleepUntilWoken(Duration wait) throws InterruptedException {
        if (notifications == null) {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
            return;
        }
        for (WatchKey key = notifications.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
                key != null;
                key = notifications.poll()) {
            key.pollEvents();
            if (!key.reset()) {
                watched.remove((Path) key.watchable());
            }
        }
    }

    private void noteChanges(Map<Path, Stamp> found) {
        long now = System.nanoTime();
        Set<Path> all = new HashSet<>(found.keySet());
        all.addAll(stamps.keySet());
        for (Path file : all) {
            Stamp stamp = found.get(file);
            if (stamp == null ? stamps.remove(file) != null : !stamp.equals(stamps.put(file, stamp))) {
                restlessSince.put(file, now);
            }
        }
        if (now - lastPoll >= poll.toNanos()) {
            lastPoll = now;
            // A change within the clock tick of the file system leaves the stamp as it was.
            for (Path file : found.keySet()) {
                if (!restlessSince.containsKey(file)) {
                    String content = read(file);
                    if (content != null && !content.equals(known.get(file))) {
                        restlessSince.put(file, now);
                    }
                }
            }
        }
    }

    private Batch settled() {
        long now = System.nanoTime();
        List<RouteText> changed = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (Path file : new TreeSet<>(restlessSince.keySet())) {
            if (now - restlessSince.getOrDefault(file, now) < quiet.toNanos()) {
                continue;
            }
            restlessSince.remove(file);
            if (!stamps.containsKey(file)) {
                if (known.remove(file) != null) {
                    deleted.add(name(file));
                }
                continue;
            }
            String content = read(file);
            if (content != null && !content.equals(known.put(file, content))) {
                changed.add(text(file, content));
            }
        }
        return new Batch(changed, deleted);
    }

    RouteText text(Path file, String content) {
        return new RouteText(name(file), file, content);
    }

    private String name(Path file) {
        Path folder = directory.getFileName();
        String inside = directory.relativize(file).toString().replace('\\', '/');
        return folder == null ? inside : folder + "/" + inside;
    }

    /** Null where the folder itself can't be read: an unmounted volume must not take the routes away. */
    private @Nullable Map<Path, Stamp> look() {
        Map<Path, Stamp> found = new HashMap<>();
        try {
            Files.walkFileTree(
                    directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Looking(found));
            if (troubled) {
                troubled = false;
                LOG.info("{} can be read again", directory);
            }
            return found;
        } catch (IOException | UncheckedIOException e) {
            if (!troubled) {
                troubled = true;
                LOG.error("{} can't be read ({}): what is loaded runs on", directory, e.toString());
            }
            return null;
        }
    }

    private void listen(Path folder) {
        if (notifications == null || watched.contains(folder)) {
            return;
        }
        try {
            folder.register(
                    notifications,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            LOG.info("No change notifications for {} ({}): it is polled", folder, e.toString());
        }
        watched.add(folder);
    }

    private static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    static boolean isRouteFile(Path file) {
        String name = String.valueOf(file.getFileName());
        return !isHidden(file)
                && !name.startsWith("#")
                && (name.endsWith(".xml") || name.endsWith(".yaml") || name.endsWith(".java"));
    }

    /** Null if it vanished or can't be read; then the next look decides. */
    static @Nullable String read(Path file) {
        try {
            String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            // Some editors begin UTF-8 with a byte order mark.
            return content.startsWith("\uFEFF") ? content.substring(1) : content;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("{} can't be read: {}", file, e.toString());
            return null;
        }
    }

    @Override
    public void close() {
        if (notifications != null) {
            try {
                notifications.close();
            } catch (IOException e) {
                LOG.debug("Closing the watch of {}", directory, e);
            }
        }
    }

    /** Listens to each folder on its way, and notes the route files. */
    private final class Looking extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> found;

        Looking(Map<Path, Stamp> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (!folder.equals(directory) && isHidden(folder)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            listen(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isRouteFile(file)) {
                found.put(file, new Stamp(attributes.size(), attributes.lastModifiedTime()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(directory)) {
                throw e;
            }
            // Gone meanwhile, a dangling link or a loop of links.
            return FileVisitResult.CONTINUE;
        }
    }
}
