package io.bactrian.cli;

import io.bactrian.config.Configuration;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, and what it leads to. */
final class ConfigurationOption {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = "Folder of application.properties (default: config, in the project's folder).")
    private @Nullable Path folder;

    Configuration load() {
        return load(home(), System.getenv());
    }

    private Configuration load(Path home, Map<String, String> environment) {
        Path chosen = folder == null ? Path.of("config") : folder;
        return Configuration.load(home.resolve(chosen), home, environment);
    }

    /** The project's folder, which the launcher names; else the working directory. */
    private static Path home() {
        String home = System.getProperty("bactrian.home");
        return Path.of(home == null ? "" : home).toAbsolutePath().normalize();
    }
}
