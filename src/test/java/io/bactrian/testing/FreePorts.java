package io.bactrian.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are started a moment later, maybe by another process. Below those that systems give to outgoing
 * connections, which would else take one in between; and apart from those of the tests that run beside these.
 */
public final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int OF_ONE_FORK = 2_000;
    private static final int FORK = Integer.getInteger("surefire.forkNumber", 1) % 6;

    private FreePorts() {}

    public static synchronized int next() {
        while (true) {
            int port = FIRST + FORK * OF_ONE_FORK + ThreadLocalRandom.current().nextInt(OF_ONE_FORK);
            if (isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
