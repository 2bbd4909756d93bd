package io.bactrian.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin's key in {@code data/admin.key}, which only the owner may read (mode 0600). */
final class AdminKeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(AdminKeyFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private AdminKeyFile() {}

    /** The key in the file; the given one is put there first where there is no file. Whole or absent, never half. */
    static String readOrCreate(Path file, String newKey) {
        try {
            if (!Files.exists(file)) {
                create(file, newKey);
            }
            String key = Files.readString(file).strip();
            warnIfOthersMayRead(file);
            return key;
        } catch (IOException e) {
            throw new HttpStartException(
                    "The admin key can't be read or made in " + file + " (" + e
                            + "): make its folder writable, or set bactrian.security.admin-key",
                    e);
        }
    }

    private static void create(Path file, String key) throws IOException {
        Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), ".admin", ".draft", ownerOnly());
        try {
            try (FileChannel to = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                to.write(StandardCharsets.UTF_8.encode(key + "\n"));
                to.force(true);
            }
            publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void publish(Path draft, Path file) throws IOException {
        try {
            // A link, unlike a move, never replaces a file that someone made meanwhile.
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} was made by someone else meanwhile", file);
        } catch (UnsupportedOperationException | IOException e) {
            // A file system without hard links.
            Files.move(draft, file);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static void warnIfOthersMayRead(Path file) throws IOException {
        if (isPosix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            LOG.warn("Others may read the admin key in {}: chmod 600 {}", file, file);
        }
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
