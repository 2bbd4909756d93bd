package io.bactrian;

import io.bactrian.cli.BactrianCommand;
import io.bactrian.cli.DirectParts;

/** Where the process begins: hands the command line to the commands, and to {@code run} the platform to start. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        DirectParts parts =
                new DirectParts(Platform::run, new DirectCapture(), new DirectRoutes(), new DirectExamination());
        System.exit(BactrianCommand.execute(parts, arguments));
    }
}
