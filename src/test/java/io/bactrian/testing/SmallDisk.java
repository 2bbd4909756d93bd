package io.bactrian.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A folder whose room a test can take away and give back: a small disk of its own (a tmpfs) where this process may mount
 * one, else a limit to the size of a process's files. Where neither is possible it fails rather than prove nothing.
 */
public final class SmallDisk implements AutoCloseable {
    private static final String SIZE = "24m";
    private static final long SMALL_FILE = 384 * 1024;

    private final Path folder;
    private final boolean mounted;

    private SmallDisk(Path folder, boolean mounted) {
        this.folder = folder;
        this.mounted = mounted;
    }

    public static SmallDisk at(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        boolean mounted = succeeds("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", folder.toString());
        if (!mounted && !succeeds("prlimit", "--version")) {
            throw new IllegalStateException(
                    "A full disk can't be tried here: neither may a tmpfs be mounted, nor is prlimit (util-linux) there");
        }
        return new SmallDisk(folder, mounted);
    }

    /** Whether it is full as a disk is; else files can't grow, which is told in other words. */
    public boolean isReal() {
        return mounted;
    }

    /** Takes the room away. */
    public void fill(PlatformProcess platform) throws IOException, InterruptedException {
        if (!mounted) {
            limit(platform, SMALL_FILE + ":unlimited");
            return;
        }
        byte[] block = new byte[4096];
        try (OutputStream filler = Files.newOutputStream(folder.resolve("filler"))) {
            while (true) {
                filler.write(block);
            }
        } catch (IOException e) {
            // That is what a full disk says.
            return;
        }
    }

    /** Gives it back. */
    public void free(PlatformProcess platform) throws IOException, InterruptedException {
        if (mounted) {
            Files.delete(folder.resolve("filler"));
        } else {
            limit(platform, "unlimited:unlimited");
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (mounted && !succeeds("umount", folder.toString())) {
            throw new IllegalStateException("Can't unmount " + folder);
        }
    }

    private static void limit(PlatformProcess platform, String size) throws IOException, InterruptedException {
        if (!succeeds("prlimit", "--pid", Long.toString(platform.pid()), "--fsize=" + size)) {
            throw new IllegalStateException("prlimit can't set --fsize=" + size);
        }
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
