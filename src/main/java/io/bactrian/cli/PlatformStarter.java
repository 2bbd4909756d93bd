package io.bactrian.cli;

import io.bactrian.config.Configuration;

/** Starts the platform and stays until it is told to stop; {@code Main} gives it to the command line. */
@FunctionalInterface
public interface PlatformStarter {
    /** Returns when the platform has stopped in order. */
    void run(Configuration configuration) throws InterruptedException;
}
