package io.bactrian;

import io.bactrian.capture.CaptureSettings;
import io.bactrian.cli.CaptureOpener;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.store.Store;
import java.nio.file.Path;

/** Opens databases and the store for the capture commands, which work without the running platform. */
final class DirectCapture implements CaptureOpener {
    @Override
    public Database database(Configuration configuration, String name) {
        DatabaseSettings settings =
                PlatformSettings.database(configuration, name).database();
        if (DemoDatabase.isDemo(settings.url())) {
            DemoDatabase.makeWhereMissing(settings.url());
        }
        return Database.open(settings);
    }

    @Override
    public CaptureSettings settings(Configuration configuration, String name) {
        return PlatformSettings.database(configuration, name).capture();
    }

    @Override
    public String storeId(Configuration configuration) {
        Path directory = configuration.path("bactrian.store.directory");
        // Without the lock: the platform that was refused may be running, and goes on by itself after a takeover.
        return Store.idIn(directory).orElseGet(() -> {
            try (Store store = Store.open(directory)) {
                return store.id();
            }
        });
    }
}
