package io.bactrian;

import io.bactrian.camel.routes.RouteFilesSettings;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.config.Configuration;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.hook.HookSettings;
import io.bactrian.http.HttpSettings;
import io.bactrian.journal.JournalSettings;
import io.bactrian.subscription.AttemptSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration as the rooms take it: each its own record.
 *
 * @param properties what is not ours: Camel's keys and those that route files use
 * @param appliedRetention how long claims are kept
 */
record PlatformSettings(
        Path data,
        List<CapturedDatabase> databases,
        JournalSettings journal,
        HttpSettings http,
        Optional<String> adminKey,
        HookSettings hooks,
        RouteFilesSettings routes,
        Duration appliedRetention,
        AttemptSettings attempts,
        Map<String, String> properties) {

    /**
     * A database and what is captured in it.
     *
     * @param demo whether it is the demo's: made, with some rows, where its file isn't there yet
     */
    record CapturedDatabase(DatabaseSettings database, CaptureSettings capture, boolean demo) {}

    /**
     * @throws io.bactrian.config.ConfigurationException naming key, value and what is allowed
     * @throws IllegalArgumentException likewise, from a room's own record
     */
    static PlatformSettings of(Configuration configuration) {
        return new PlatformSettings(
                configuration.path("bactrian.store.directory"),
                configuration.databases().stream()
                        .map(name -> database(configuration, name))
                        .toList(),
                JournalSettings.of(
                        configuration.duration("bactrian.journal.retention"),
                        configuration.size("bactrian.journal.max-size")),
                new HttpSettings(
                        configuration.required("bactrian.http.host"),
                        configuration.integer("bactrian.http.port", 0, 65535),
                        HttpSettings.DEFAULT_MAX_BODY,
                        configuration.list("bactrian.http.open-paths")),
                configuration.text("bactrian.security.admin-key"),
                HookSettings.of(configuration.text("bactrian.hooks.allow-cidr").orElse("")),
                RouteFilesSettings.of(
                        configuration.path("bactrian.routes.directory"), configuration.flag("bactrian.routes.reload")),
                configuration.duration("bactrian.applied.retention"),
                new AttemptSettings(
                        configuration.duration("bactrian.attempts.retention"),
                        configuration.size("bactrian.attempts.max-size")),
                configuration.others());
    }

    /** One database's settings, for the commands that work on it directly too. */
    static CapturedDatabase database(Configuration configuration, String name) {
        String prefix = "bactrian.databases." + name + '.';
        DatabaseSettings settings = new DatabaseSettings(
                        name,
                        configuration.required(prefix + "url"),
                        configuration.text(prefix + "username").orElse(null),
                        configuration.text(prefix + "password").orElse(null),
                        configuration.integer(prefix + "pool-size", 1, 1000))
                .in(configuration.home());
        boolean demo = DemoDatabase.isDemo(settings.url(), configuration.path("bactrian.store.directory"));
        String install = configuration.text(prefix + "capture.install").orElse(demo ? "auto" : "verify");
        return new CapturedDatabase(
                settings,
                new CaptureSettings(
                        configuration.list(prefix + "capture.tables"),
                        configuration.list(prefix + "capture.exclude-columns"),
                        CaptureSettings.Install.ofWord(install)),
                demo);
    }
}
