package io.bactrian.capture;

import io.bactrian.database.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A collector in a process of its own, to be killed. */
final class CollectorProcess {
    private CollectorProcess() {}

    static Process start(Path data, DatabaseSettings settings, String... shell) throws IOException {
        List<String> command = new ArrayList<>(List.of(shell));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                CollectorProcess.class.getName(),
                data.toString(),
                settings.url()));
        if (settings.username() != null) {
            command.addAll(List.of(settings.username(), String.valueOf(settings.password())));
        }
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws InterruptedException {
        DatabaseSettings settings = new DatabaseSettings(
                "main", args[1], args.length > 2 ? args[2] : null, args.length > 3 ? args[3] : null, 2);
        try (CollectorRig rig = new CollectorRig(Path.of(args[0]), settings)) {
            rig.start();
            rig.awaitState(CollectorStatus.State.COLLECTING);
            System.out.print('c');
            System.out.flush();
            TimeUnit.MINUTES.sleep(5);
        }
    }
}
