package io.bactrian.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One file of a journal.
 *
 * @param first the least position it may hold; its name
 */
record Segment(Path directory, Path path, long first) {
    private static final String SUFFIX = ".db";

    static Segment in(Path directory, long first) {
        return new Segment(directory, directory.resolve(first + SUFFIX), first);
    }

    /** A directory's segments in the order of their positions. */
    static List<Segment> list(Path directory) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[0-9]*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                segments.add(in(directory, Long.parseLong(name.substring(0, name.length() - SUFFIX.length()))));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::first));
        return segments;
    }

    /** Bytes on disk. */
    long size() {
        return size(path) + size(beside("-wal"));
    }

    /** Removes the file, and what SQLite keeps beside it; who still reads it can go on. */
    void unlink() throws IOException {
        // The file itself goes first: without its write-ahead log it might be a segment that can't be read.
        Files.deleteIfExists(path);
        Files.deleteIfExists(beside("-wal"));
        Files.deleteIfExists(beside("-shm"));
    }

    private Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
