package io.bactrian;

import io.bactrian.PlatformSettings.CapturedDatabase;
import io.bactrian.capture.Capture;
import io.bactrian.cli.Examiner;
import io.bactrian.config.Configuration;
import io.bactrian.database.Database;
import io.bactrian.doctor.DatabaseExamination;
import io.bactrian.doctor.Finding;
import io.bactrian.doctor.MachineExamination;
import io.bactrian.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at data folder and databases without the platform. */
final class DirectExamination implements Examiner {
    private static final String SQLITE = "jdbc:sqlite:";

    @Override
    public List<Finding> databases(Configuration configuration) {
        PlatformSettings settings = PlatformSettings.of(configuration);
        List<Finding> findings = new ArrayList<>(
                MachineExamination.data(settings.data(), settings.journal().maxSize()));
        String store = Store.idIn(settings.data()).orElse("");
        for (CapturedDatabase each : settings.databases()) {
            String url = each.database().url();
            // To look at a file that isn't there would make it.
            if (url.startsWith(SQLITE)
                    && !Files.exists(Path.of(url.substring(SQLITE.length()).replaceFirst("\\?.*", "")))) {
                findings.add(missing(each));
                continue;
            }
            try (Database database = Database.unconnected(each.database())) {
                findings.addAll(
                        new DatabaseExamination(database, new Capture(database, each.capture()), store).findings());
            }
        }
        return findings;
    }

    private static Finding missing(CapturedDatabase each) {
        String subject = "database " + each.database().name();
        return each.demo()
                ? Finding.ok(subject, "the demo's isn't there yet: it is made at the first start")
                : Finding.failed(
                        subject,
                        "there is no file at " + each.database().url(),
                        "correct bactrian.databases." + each.database().name() + ".url");
    }
}
