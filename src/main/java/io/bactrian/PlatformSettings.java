package io.bactrian;

import io.bactrian.broker.BrokerSettings;
import io.bactrian.camel.kafka.KafkaSettings;
import io.bactrian.camel.routes.RouteFilesSettings;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.config.Configuration;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.hook.HookSettings;
import io.bactrian.http.HttpSettings;
import io.bactrian.journal.JournalSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
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
        KafkaSettings kafka,
        Duration appliedRetention,
        Map<String, String> properties,
        BrokerSettings broker) {

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
                new KafkaSettings(configuration.list("bactrian.kafka.brokers")),
                configuration.duration("bactrian.applied.retention"),
                configuration.others(),
                broker(configuration));
    }

    private static BrokerSettings broker(Configuration configuration) {
        Map<String, String> users = new LinkedHashMap<>();
        for (String name : configuration.names("bactrian.broker.users.")) {
            users.put(name, configuration.required("bactrian.broker.users." + name + ".password"));
        }
        return new BrokerSettings(
                configuration.required("bactrian.broker.url"),
                configuration.text("bactrian.broker.username").orElse(null),
                configuration.text("bactrian.broker.password").orElse(null),
                configuration.path("bactrian.store.directory").resolve("broker"),
                configuration.list("bactrian.broker.acceptors"),
                users,
                new BrokerSettings.Redelivery(
                        configuration.integer("bactrian.broker.max-deliveries", 1, 1_000),
                        configuration.duration("bactrian.broker.redelivery-delay"),
                        configuration.duration("bactrian.broker.max-redelivery-delay"),
                        configuration.size("bactrian.broker.max-message-size")));
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
