package io.bactrian.broker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which broker, and how.
 *
 * @param url {@link #EMBEDDED}, {@link #NONE}, or the address of an external Artemis such as {@code tcp://mq:61616}
 * @param username for the external broker
 * @param password for the external broker
 * @param directory where the embedded broker keeps its messages
 * @param acceptors where the embedded broker listens for other programs, such as {@code tcp://127.0.0.1:61616}; none by
 *     default
 * @param users who may connect there: passwords by name
 * @param redelivery what happens to a message that fails
 * @throws IllegalArgumentException naming the key, its value and what is allowed
 */
public record BrokerSettings(
        String url,
        @Nullable String username,
        @Nullable String password,
        Path directory,
        List<String> acceptors,
        Map<String, String> users,
        Redelivery redelivery) {
    public static final String EMBEDDED = "embedded";
    public static final String NONE = "none";

    private static final Set<String> EXTERNAL_SCHEMES = Set.of("tcp", "ssl");
    private static final int SHORTEST_PASSWORD = 8;

    /**
     * What happens to a message that fails.
     *
     * @param maxDeliveries so many, and it becomes a dead letter
     * @param delay before the second delivery; doubled before each further one, up to {@code maxDelay}
     * @param maxMessageSize bytes; a larger message becomes a dead letter without being delivered
     */
    public record Redelivery(int maxDeliveries, Duration delay, Duration maxDelay, long maxMessageSize) {
        public static final Redelivery DEFAULT =
                new Redelivery(10, Duration.ofSeconds(1), Duration.ofMinutes(5), 4L << 20);

        public Redelivery {
            maxDelay = maxDelay.compareTo(delay) < 0 ? delay : maxDelay;
        }
    }

    public BrokerSettings {
        acceptors = List.copyOf(acceptors);
        users = Map.copyOf(users);
        boolean embedded = url.equals(EMBEDDED);
        if (!embedded && !url.equals(NONE)) {
            requireAddress("bactrian.broker.url", url);
        }
        if (!embedded && !acceptors.isEmpty()) {
            throw new IllegalArgumentException("Key 'bactrian.broker.acceptors' is for the embedded broker, but"
                    + " bactrian.broker.url is '" + url + "': remove one of them");
        }
        acceptors.forEach(acceptor -> requireAddress("bactrian.broker.acceptors", acceptor));
        if (!acceptors.isEmpty() && users.isEmpty()) {
            throw new IllegalArgumentException("Key 'bactrian.broker.acceptors' opens the broker to other programs, and"
                    + " nobody may connect: set bactrian.broker.users.NAME.password");
        }
        users.forEach((name, secret) -> {
            if (name.equals(BrokerUsers.PLATFORM)) {
                throw new IllegalArgumentException("Key 'bactrian.broker.users." + name
                        + ".password': this name is the platform's own, use another one");
            }
            if (secret.length() < SHORTEST_PASSWORD) {
                throw new IllegalArgumentException("Key 'bactrian.broker.users." + name
                        + ".password' is too short: use " + SHORTEST_PASSWORD + " characters or more");
            }
        });
    }

    /** The embedded broker in a folder, closed to other programs. */
    public static BrokerSettings embedded(Path directory) {
        return new BrokerSettings(EMBEDDED, null, null, directory, List.of(), Map.of(), Redelivery.DEFAULT);
    }

    /** Whether there is a broker at all. */
    public boolean present() {
        return !url.equals(NONE);
    }

    public boolean isEmbedded() {
        return url.equals(EMBEDDED);
    }

    private static void requireAddress(String key, String address) {
        try {
            URI uri = URI.create(address);
            if (uri.getHost() != null && uri.getPort() > 0 && EXTERNAL_SCHEMES.contains(uri.getScheme())) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // told below, with what is allowed
        }
        String others = key.endsWith("url") ? "embedded, none or " : "";
        throw new IllegalArgumentException(
                "Key '" + key + "' is '" + withoutQuery(address) + "': use " + others + "tcp://HOST:PORT");
    }

    /** What follows may hold a key store's password. */
    static String withoutQuery(String address) {
        int query = address.indexOf('?');
        return query < 0 ? address : address.substring(0, query);
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "BrokerSettings[url=" + withoutQuery(url) + ", acceptors="
                + acceptors.stream().map(BrokerSettings::withoutQuery).toList() + ", users=" + users.keySet() + ']';
    }
}
