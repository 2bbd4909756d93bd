package io.bactrian;

import io.bactrian.broker.Broker;
import io.bactrian.camel.CamelPlatform;
import io.bactrian.camel.Rooms;
import io.bactrian.camel.jetty.PlatformJetty;
import io.bactrian.camel.routes.RouteFileCheck;
import io.bactrian.cli.RouteChecker;
import io.bactrian.cli.StartException;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.hook.InboundHooks;
import io.bactrian.store.Store;
import io.bactrian.subscription.Subscriptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks route files in a context like the platform's, with its configuration: nothing is connected to, nothing
 * listens, and the data folder isn't touched.
 */
final class DirectRoutes implements RouteChecker {
    @Override
    public List<Checked> check(Configuration configuration, List<Path> files) {
        PlatformSettings settings = PlatformSettings.of(configuration);
        try {
            Path scratch = Files.createTempDirectory("bactrian-check");
            try {
                return check(settings, scratch, files).stream()
                        .map(DirectRoutes::told)
                        .toList();
            } finally {
                delete(scratch);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<RouteFileCheck.Checked> check(PlatformSettings settings, Path scratch, List<Path> files)
            throws IOException {
        Clock clock = Clock.systemUTC();
        Map<String, Database> databases = new LinkedHashMap<>();
        // The platform's own store may be in use; nothing that is checked is ever kept in this one.
        try (Store store = Store.open(scratch);
                Subscriptions subscriptions = new Subscriptions(store, Map.of(), clock)) {
            settings.databases()
                    .forEach(each -> databases.put(each.database().name(), Database.unconnected(each.database())));
            Rooms rooms = new Rooms(databases, subscriptions, new InboundHooks(), clock);
            try (Broker broker = settings.broker().present() ? Broker.unconnected(settings.broker(), clock) : null;
                    CamelPlatform camel = CamelPlatform.create(
                            rooms, settings.properties(), PlatformComponents.of(settings, broker))) {
                PlatformJetty.install(
                        camel.context(), settings.http().host(), settings.http().port());
                return new RouteFileCheck(camel.context(), settings.routes().directory()).check(files);
            }
        } finally {
            databases.values().forEach(Database::close);
        }
    }

    private static Checked told(RouteFileCheck.Checked file) {
        if (file.error() == null) {
            return new Checked(file.file(), true, file.routes(), 0, null, null, file.warnings());
        }
        String message = file.error().message();
        return new Checked(
                file.file(), false, List.of(), file.error().line(), message, remedy(message), file.warnings());
    }

    private static @Nullable String remedy(String message) {
        if (message.startsWith("unknown component")) {
            return "is it spelt right? Beside changes:, table: and hook: there are Camel's components; one that isn't"
                    + " shipped comes as a jar in packs/";
        }
        if (message.startsWith("unknown option") && !message.contains("did you mean")) {
            return "take it out, or see the component's options: docs/routes.md, and Camel's own documentation";
        }
        if (message.startsWith("Property with key")) {
            return "set the key in config/application.properties";
        }
        if (message.startsWith("not well-formed XML")) {
            return "every tag needs its end, and & in an attribute is written &amp;";
        }
        return null;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
