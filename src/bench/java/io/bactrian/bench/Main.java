package io.bactrian.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Runs the benchmarks named on the command line ({@code w1a w1b w2c w3 jmsout jmsin kafka}; none: all) and prints one table. */
public final class Main {
    private static final List<String> ALL = List.of("w1a", "w1b", "w2c", "w3", "jmsout", "jmsin", "kafka");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Set<String> chosen = new LinkedHashSet<>(arguments.length == 0 ? ALL : Arrays.asList(arguments));
        if (!ALL.containsAll(chosen)) {
            System.err.println("Which benchmark? " + ALL);
            System.exit(2);
        }
        Path folder = Files.createDirectories(Path.of("target", "bench")).toAbsolutePath();
        int changes = Integer.getInteger("changes", 100_000);
        int seconds = Integer.getInteger("seconds", 60);
        Figures figures = new Figures();
        Figures.Latencies fsync = Machine.fsync(folder);
        figures.note(
                "fsync of 4 KiB",
                String.format(Locale.ROOT, "%.2f ms", fsync.percentile(50)),
                String.format(Locale.ROOT, "p99 %.2f ms; %s", fsync.percentile(99), Machine.description()));
        if (chosen.contains("w1a")) {
            new Outbound(folder, changes, seconds).drain(figures);
        }
        if (chosen.contains("w1b")) {
            new Outbound(folder, changes, seconds).latency(figures);
        }
        if (chosen.contains("w2c")) {
            new TriggerCost(folder).run(figures);
        }
        if (chosen.contains("w3")) {
            new Inbound(folder, Math.min(seconds, 20)).run(figures);
        }
        if (chosen.contains("jmsout")) {
            new Queues(folder, changes).out(figures);
        }
        if (chosen.contains("jmsin")) {
            new Queues(folder, changes).in(figures);
        }
        if (chosen.contains("kafka")) {
            new KafkaOut(folder, changes).run(figures);
        }
        System.out.println(figures);
        System.exit(0);
    }
}
