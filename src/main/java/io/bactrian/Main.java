package io.bactrian;

import io.bactrian.cli.BactrianCommand;

/** Where the process begins: hands the command line to the commands, and to {@code run} the platform to start. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(BactrianCommand.execute(Platform::run, new DirectCapture(), arguments));
    }
}
