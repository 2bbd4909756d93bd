package io.bactrian.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checked configuration: {@code application.properties} overridden by environment variables
 * ({@code bactrian.http.port} is {@code BACTRIAN_HTTP_PORT}), placeholders filled in, defaults known. Immutable. Values
 * never show in {@code toString()}: any of them may be a secret.
 */
public final class Configuration {
    /** The file's name in the configuration folder. */
    public static final String FILE = "application.properties";

    private static final String OURS = "bactrian.";
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB|TiB)?");

    private final Map<String, String> values;
    private final Path home;

    private Configuration(Map<String, String> values, Path home) {
        this.values = values;
        this.home = home;
    }

    /**
     * Reads the file in {@code folder} (none: defaults alone) and the environment.
     *
     * @param home the folder that relative paths are relative to
     * @throws ConfigurationException naming the key, the value and the remedy
     */
    public static Configuration load(Path folder, Path home, Map<String, String> environment) {
        Path file = folder.resolve(FILE);
        Map<String, String> values = new TreeMap<>();
        Placeholders placeholders = new Placeholders(environment, home);
        read(file).forEach((key, value) -> {
            if (key.startsWith(OURS)) {
                KnownKeys.check(key, file.toString());
            }
            values.put(key, environment.getOrDefault(KnownKeys.variableOf(key), value));
        });
        environment.forEach((variable, value) -> KnownKeys.ofVariable(variable).ifPresent(key -> {
            KnownKeys.check(key, "the environment (" + variable + ")");
            values.put(key, value);
        }));
        values.replaceAll((key, value) -> placeholders.fill(key, value).strip());
        return new Configuration(values, home);
    }

    /** The same configuration with some keys set, as command line options do. */
    public Configuration with(Map<String, String> overrides) {
        Map<String, String> changed = new TreeMap<>(values);
        overrides.forEach((key, value) -> {
            KnownKeys.check(key, "the command line");
            changed.put(key, value);
        });
        return new Configuration(changed, home);
    }

    /** The folder that relative paths are relative to. */
    public Path home() {
        return home;
    }

    /** The value or the key's default; empty where neither is there. */
    public Optional<String> text(String key) {
        String value = values.getOrDefault(key, "");
        String chosen = value.isEmpty() ? KnownKeys.defaultOf(key) : value;
        return chosen.isEmpty() ? Optional.empty() : Optional.of(chosen);
    }

    public String required(String key) {
        return text(key).orElseThrow(() -> new ConfigurationException("Key '" + key + "' is needed and not set"));
    }

    public int integer(String key, int least, int most) {
        String value = required(key);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the range
        }
        throw invalid(key, value, "a whole number from " + least + " to " + most);
    }

    public boolean flag(String key) {
        String value = required(key);
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(key, value, "true or false");
        };
    }

    /** Such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 7d}. */
    public Duration duration(String key) {
        String value = required(key);
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw invalid(key, value, "a duration such as 500ms, 30s, 5m, 12h or 7d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** Bytes, written such as {@code 16MiB} or {@code 10GiB}. */
    public long size(String key) {
        String value = required(key);
        Matcher matcher = SIZE.matcher(value);
        if (!matcher.matches()) {
            throw invalid(key, value, "a size such as 512KiB, 16MiB or 10GiB");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        int power = List.of("B", "KiB", "MiB", "GiB", "TiB").indexOf(unit);
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
    }

    /** Comma-separated values, without blanks; empty where the key is. */
    public List<String> list(String key) {
        return text(key).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** A path, made absolute by the project's folder. */
    public Path path(String key) {
        return home.resolve(required(key)).normalize();
    }

    /** The names of the configured databases, {@code main} first. */
    public List<String> databases() {
        List<String> ordered = new ArrayList<>(names("bactrian.databases."));
        if (ordered.remove("main")) {
            ordered.add(0, "main");
        }
        return ordered;
    }

    /** What stands for the {@code *} in the keys that begin so: names, in order. */
    public Set<String> names(String beginning) {
        Set<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            if (key.startsWith(beginning)) {
                names.add(key.substring(beginning.length()).split("\\.", 2)[0]);
            }
        }
        return names;
    }

    /** What is not ours: Camel's keys and those that route files use as {@code {{key}}}. */
    public Map<String, String> others() {
        Map<String, String> others = new LinkedHashMap<>(values);
        others.keySet().removeIf(key -> key.startsWith(OURS));
        return others;
    }

    @Override
    public String toString() {
        return "Configuration" + values.keySet();
    }

    private static ConfigurationException invalid(String key, String value, String allowed) {
        return new ConfigurationException("Key '" + key + "' is '" + value + "': use " + allowed);
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigurationException("Can't read " + file + ": " + e.getMessage(), e);
            }
        }
        Map<String, String> values = new TreeMap<>();
        properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
        return values;
    }
}
