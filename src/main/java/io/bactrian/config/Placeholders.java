package io.bactrian.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills {@code {{env:NAME}}}, {@code {{env:NAME:default}}} and {@code {{file:PATH}}} in; leaves other braces alone. */
final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(env|file):([^{}]+)}}");

    private final Map<String, String> environment;
    private final Path home;

    Placeholders(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    String fill(String key, String value) {
        Matcher matcher = PLACEHOLDER.matcher(value);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            String found =
                    matcher.group(1).equals("env") ? variable(key, matcher.group(2)) : content(key, matcher.group(2));
            matcher.appendReplacement(filled, Matcher.quoteReplacement(found));
        }
        return matcher.appendTail(filled).toString();
    }

    private String variable(String key, String nameAndDefault) {
        int colon = nameAndDefault.indexOf(':');
        String name = colon < 0 ? nameAndDefault : nameAndDefault.substring(0, colon);
        String value = environment.get(name);
        if (value != null) {
            return value;
        }
        if (colon >= 0) {
            return nameAndDefault.substring(colon + 1);
        }
        throw new ConfigurationException("Key '" + key + "' needs the environment variable " + name
                + ": set it, or give a default: {{env:" + name + ":default}}");
    }

    /** A file's content without the line end that editors add. */
    private String content(String key, String path) {
        Path file = home.resolve(path);
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "Key '" + key + "' needs the file " + file + ", which can't be read: " + e.getMessage(), e);
        }
    }
}
