package io.bactrian.cli;

import io.bactrian.config.Configuration;

/** Starts the platform; {@code Main} gives it to the command line. */
@FunctionalInterface
public interface PlatformStarter {
    /**
     * Returns when the platform has stopped in order.
     *
     * @param untilReady whether it stops by itself as soon as it is ready; else it stays until it is told to stop
     */
    void run(Configuration configuration, boolean untilReady) throws InterruptedException;
}
