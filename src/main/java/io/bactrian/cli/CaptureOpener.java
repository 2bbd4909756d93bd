package io.bactrian.cli;

import io.bactrian.capture.CaptureSettings;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;

/** Opens what the capture commands work on; {@code Main} gives it, for it knows how configuration becomes settings. */
public interface CaptureOpener {
    /** The database of this name; the caller closes it. */
    Database database(Configuration configuration, String name);

    CaptureSettings settings(Configuration configuration, String name);

    /** The id of the store in the configured data folder. */
    String storeId(Configuration configuration);
}
