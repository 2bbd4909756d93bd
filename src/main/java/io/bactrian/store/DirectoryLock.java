package io.bactrian.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for this process until closed (invariant 15). The operating system lets go of it when the process
 * ends, however it ends.
 */
final class DirectoryLock implements AutoCloseable {
    /**
     * Directories held within this JVM. Static, because file locks belong to the process: closing a second channel to
     * the lock file would release the first one's lock (POSIX), so a second channel must never be opened.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the lock without waiting.
     *
     * @throws StoreException where another process has it, with the remedy
     */
    static DirectoryLock take(Path directory) {
        Path real;
        try {
            real = directory.toRealPath();
        } catch (IOException e) {
            throw StoreException.of("Can't use " + directory, e);
        }
        if (!HELD.add(real)) {
            throw refusal(real, "this process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(real.resolve("lock"), CREATE, READ, WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw refusal(real, holder(channel));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(
                    "process " + ProcessHandle.current().pid()));
            return new DirectoryLock(real, channel);
        } catch (IOException e) {
            release(real, channel);
            throw StoreException.of("Can't lock " + real, e);
        } catch (StoreException e) {
            release(real, channel);
            throw e;
        }
    }

    @Override
    public void close() {
        release(directory, channel);
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(64);
        channel.read(content, 0);
        String text = StandardCharsets.US_ASCII.decode(content.flip()).toString();
        return text.isEmpty() ? "another process" : text;
    }

    private static StoreException refusal(Path directory, String holder) {
        return new StoreException(directory + " is in use by " + holder
                + ": stop that one first, or start this one with another folder (--data DIR)");
    }

    private static void release(Path directory, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw StoreException.of("Can't unlock " + directory, e);
        } finally {
            HELD.remove(directory);
        }
    }
}
