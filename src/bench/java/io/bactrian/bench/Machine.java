package io.bactrian.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** What the machine is and does meanwhile, read off Linux. */
final class Machine {
    private static final double TICKS_PER_SECOND = 100;

    private Machine() {}

    /** Milliseconds to write 4 KiB and sync it, over 200 times. */
    static Figures.Latencies fsync(Path folder) {
        Figures.Latencies latencies = new Figures.Latencies();
        Path file = folder.resolve("fsync.probe");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 200; i++) {
                long started = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096), 4096L * i);
                channel.force(false);
                latencies.add((System.nanoTime() - started) / 1e6);
            }
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return latencies;
    }

    static String description() {
        try {
            String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
            return String.format(
                    Locale.ROOT,
                    "%d processors, load %s, Java %s",
                    Runtime.getRuntime().availableProcessors(),
                    load,
                    Runtime.version());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seconds of CPU a process used so far. */
    static double cpuSeconds(long pid) {
        String stat = read("/proc/" + pid + "/stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** The most memory a process held at once, in MB. */
    static double peakResidentMegabytes(long pid) {
        for (String line : read("/proc/" + pid + "/status").split("\n")) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
