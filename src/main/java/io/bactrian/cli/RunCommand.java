package io.bactrian.cli;

import io.bactrian.config.Configuration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the platform. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Starts the platform and stays; Ctrl-C stops it in order.")
final class RunCommand implements Callable<Integer> {
    private static final Map<String, String> DEMO = Map.of("main", "demo.db", "branch", "branch.db");

    private final PlatformStarter starter;

    @Mixin
    private ConfigurationOption configuration;

    @Option(names = "--routes", paramLabel = "DIR", description = "Folder of the route files (default: routes).")
    private @Nullable Path routes;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of what the platform keeps, the demo database included (default: data).")
    private @Nullable Path data;

    @Option(
            names = "--until-ready",
            description = "Stops as soon as everything has started: tries a configuration out.")
    private boolean untilReady;

    RunCommand(PlatformStarter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration chosen = configuration.load();
        Map<String, String> overrides = new LinkedHashMap<>();
        if (routes != null) {
            overrides.put("bactrian.routes.directory", routes.toString());
        }
        if (data != null) {
            overrides.put("bactrian.store.directory", data.toString());
            DEMO.forEach((name, file) -> {
                String key = "bactrian.databases." + name + ".url";
                if (chosen.databases().contains(name)
                        && chosen.text(key)
                                .filter(("jdbc:sqlite:data/" + file)::equals)
                                .isPresent()) {
                    overrides.put(key, "jdbc:sqlite:" + data.resolve(file));
                }
            });
        }
        starter.run(chosen.with(overrides), untilReady);
        return 0;
    }
}
