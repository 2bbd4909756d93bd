package io.bactrian.http;

import java.util.List;

/**
 * Where the one HTTP server listens and what it takes.
 *
 * @param host {@code bactrian.http.host}: the address it is bound to
 * @param port {@code bactrian.http.port}; 0 for any free one
 * @param maxBody bytes a request to the API may weigh; a hook has its own {@code maxSize}
 * @param openPaths paths of users' own routes that need no key: a path, or a path that ends in {@code /*} for all below
 */
public record HttpSettings(String host, int port, int maxBody, List<String> openPaths) {
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_MAX_BODY = 1024 * 1024;

    public HttpSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException(
                    "bactrian.http.host is empty: an address to listen on is needed, such as " + DEFAULT_HOST
                            + " (this machine only) or 0.0.0.0 (every network)");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("bactrian.http.port=" + port + ": allowed is 1 to 65535, or 0 for any");
        }
        if (maxBody < 1) {
            throw new IllegalArgumentException("A body of at most " + maxBody + " bytes: at least 1 is needed");
        }
        openPaths = List.copyOf(openPaths);
        for (String path : openPaths) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException(
                        "bactrian.http.open-paths: '" + path + "' doesn't begin with / (such as /shop/*)");
            }
        }
    }

    /** On this port of the loopback address, all else by default. */
    public static HttpSettings local(int port) {
        return new HttpSettings(DEFAULT_HOST, port, DEFAULT_MAX_BODY, List.of());
    }

    /** Whether a user's route at this path needs no key. */
    boolean isOpen(String path) {
        for (String open : openPaths) {
            boolean below = open.endsWith("/*")
                    && (path.startsWith(open.substring(0, open.length() - 1))
                            || path.equals(open.substring(0, open.length() - 2)));
            if (below || path.equals(open)) {
                return true;
            }
        }
        return false;
    }
}
