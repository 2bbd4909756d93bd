package io.bactrian.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.ToolProvider;

/** Looks at what this process stands on: its Java, and the data folder's disk. */
public final class MachineExamination {
    private static final int OLDEST_JAVA = 17;
    private static final long LITTLE = 256L << 20;

    private MachineExamination() {}

    public static Finding java() {
        String version = System.getProperty("java.vendor") + ' ' + System.getProperty("java.version");
        if (Runtime.version().feature() < OLDEST_JAVA) {
            return Finding.failed("java", version, "install a JDK " + OLDEST_JAVA + " or newer");
        }
        return ToolProvider.getSystemJavaCompiler() == null
                ? Finding.warning(
                        "java", version + " without a compiler", "Java route files need a JDK: install one, not a JRE")
                : Finding.ok("java", version + ", with its compiler");
    }

    /**
     * @param most how many bytes the journal may grow to
     */
    public static List<Finding> data(Path folder, long most) {
        List<Finding> findings = new ArrayList<>();
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isWritable(there)) {
            findings.add(Finding.failed(
                    "data",
                    folder + " can't be written",
                    "give this user the folder, or set bactrian.store.directory to another"));
            return findings;
        }
        if (!there.equals(folder.toAbsolutePath())) {
            findings.add(Finding.ok("data", folder + " isn't there yet: it is made at the first start"));
        }
        try {
            FileStore disk = Files.getFileStore(there);
            findings.add(space(folder, disk.getUsableSpace(), Math.max(0, most - size(folder.resolve("journal")))));
        } catch (IOException e) {
            findings.add(Finding.warning("data", "the free space of " + folder + " can't be told: " + e, null));
        }
        return findings;
    }

    private static Finding space(Path folder, long free, long growth) {
        String detail = bytes(free) + " free for " + folder;
        if (free < LITTLE) {
            return Finding.failed("data", detail, "free some space: collecting stops when the disk is full");
        }
        return free < growth
                ? Finding.warning(
                        "data",
                        detail + ", and the journal may grow by " + bytes(growth),
                        "lower bactrian.journal.max-size, or make room")
                : Finding.ok("data", detail);
    }

    /** Bytes of all files in a folder and below; 0 where there is none. */
    public static long size(Path folder) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            // Segments come and go: about is good enough.
            return 0;
        }
    }

    /** Such as {@code 3.2 GiB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
