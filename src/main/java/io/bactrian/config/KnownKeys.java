package io.bactrian.config;

import io.bactrian.names.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** All {@code bactrian.} keys, with their defaults. A {@code *} stands for a database's name. */
final class KnownKeys {
    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();
    private static final List<String> LATER = List.of(
            "bactrian.http.tls.certificate",
            "bactrian.http.tls.key",
            "bactrian.http.public-url",
            "bactrian.databases.*.capture.max-backlog",
            "bactrian.databases.*.capture.on-backlog",
            "bactrian.broker.url",
            "bactrian.broker.acceptors",
            "bactrian.kafka.brokers");
    /** Variables of the launcher and the commands: no configuration keys. */
    private static final List<String> OTHER_VARIABLES = List.of(
            "BACTRIAN_KEY",
            "BACTRIAN_URL",
            "BACTRIAN_JAVA_OPTS",
            "BACTRIAN_NO_BUILD",
            "BACTRIAN_LOG_FORMAT",
            "BACTRIAN_LOG_LEVEL");

    private static final Map<String, Pattern> NAMES = new LinkedHashMap<>();
    private static final Map<String, Pattern> VARIABLES = new LinkedHashMap<>();

    static {
        DEFAULTS.put("bactrian.http.host", "127.0.0.1");
        DEFAULTS.put("bactrian.http.port", "8080");
        DEFAULTS.put("bactrian.http.open-paths", "");
        DEFAULTS.put("bactrian.security.admin-key", "");
        DEFAULTS.put("bactrian.databases.*.url", "");
        DEFAULTS.put("bactrian.databases.*.username", "");
        DEFAULTS.put("bactrian.databases.*.password", "");
        DEFAULTS.put("bactrian.databases.*.pool-size", "10");
        DEFAULTS.put("bactrian.databases.*.capture.tables", "");
        DEFAULTS.put("bactrian.databases.*.capture.exclude-columns", "");
        DEFAULTS.put("bactrian.databases.*.capture.install", "");
        DEFAULTS.put("bactrian.store.directory", "data");
        DEFAULTS.put("bactrian.journal.retention", "7d");
        DEFAULTS.put("bactrian.journal.max-size", "10GiB");
        DEFAULTS.put("bactrian.applied.retention", "7d");
        DEFAULTS.put("bactrian.attempts.retention", "24h");
        DEFAULTS.put("bactrian.attempts.max-size", "256MiB");
        DEFAULTS.put("bactrian.hooks.allow-cidr", "");
        DEFAULTS.put("bactrian.routes.directory", "routes");
        DEFAULTS.put("bactrian.routes.reload", "true");
        List<String> all = new ArrayList<>(DEFAULTS.keySet());
        all.addAll(LATER);
        for (String key : all) {
            NAMES.put(key, Pattern.compile(pattern(key, "\\.", "[a-z][a-z0-9]*", "-")));
            VARIABLES.put(key, Pattern.compile(pattern(key.toUpperCase(Locale.ROOT), "_", "([A-Z][A-Z0-9]*)", "_")));
        }
    }

    private KnownKeys() {}

    /** The default of a key, by its name in the list. */
    static String defaultOf(String key) {
        String listed = listed(key).orElseThrow(() -> new IllegalArgumentException("No such key: " + key));
        return DEFAULTS.getOrDefault(listed, "");
    }

    /** Refuses an unknown key with the nearest known one, and a key of a later version as such. */
    static void check(String key, String place) {
        Optional<String> listed = listed(key);
        if (listed.isEmpty()) {
            throw new ConfigurationException(
                    "Unknown key '" + key + "' in " + place + ": did you mean '" + nearest(key) + "'?");
        }
        if (LATER.contains(listed.get())) {
            throw new ConfigurationException(
                    "Key '" + key + "' in " + place + " is not available in this version: remove it");
        }
    }

    /** The key that an environment variable stands for; empty for variables that are no keys. */
    static Optional<String> ofVariable(String variable) {
        if (!variable.startsWith("BACTRIAN_") || OTHER_VARIABLES.contains(variable)) {
            return Optional.empty();
        }
        for (Map.Entry<String, Pattern> entry : VARIABLES.entrySet()) {
            var matcher = entry.getValue().matcher(variable);
            if (matcher.matches()) {
                String key = entry.getKey();
                return Optional.of(
                        matcher.groupCount() == 0
                                ? key
                                : key.replace("*", matcher.group(1).toLowerCase(Locale.ROOT)));
            }
        }
        throw new ConfigurationException("Unknown environment variable '" + variable + "': did you mean '"
                + variableOf(nearest(variable.toLowerCase(Locale.ROOT).replace('_', '.'))) + "'?");
    }

    static String variableOf(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static Optional<String> listed(String key) {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue().matcher(key).matches())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static String nearest(String key) {
        String[] parts = key.split("\\.", -1);
        boolean ofDatabase = parts.length > 2 && "databases".equals(parts[1]);
        String best = "";
        int least = Integer.MAX_VALUE;
        for (String known : DEFAULTS.keySet()) {
            String candidate = ofDatabase ? known.replace("*", parts[2]) : known.replace("*", "main");
            int distance = Spelling.distance(key, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    private static String pattern(String key, String dot, String name, String dash) {
        return key.replace("-", dash).replace(".", dot).replace("*", name);
    }
}
