package io.bactrian.capture;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SqliteCollectorTest extends CollectorContract {
    @Override
    CapturedDatabase newDatabase(Path directory) throws IOException {
        return new CapturedSqlite(Files.createDirectories(directory).resolve("user.db"));
    }

    @Test
    @DisplayName("invariant 14: a loss that is found while the user writes is marked once")
    void aLossIsMarkedOnceWhoeverHoldsTheDatabase() throws Exception {
        user.insertAll(0, 10);
        try (CollectorRig rig = new CollectorRig(directory.resolve("data"), user)) {
            rig.appendWithoutRemoving();
        }
        user.loseChangesAfter(5);
        user.insertAll(100, 103);
        try (Connection writer = user.connect()) {
            user.begin(writer);
            CollectorRig rig = start("data");
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> rig.journal.gaps().size() == 1);
            user.end(writer, true);
            await().until(() -> rig.keys().contains("{\"id\":102}"));
            await().until(() -> rig.journal.gaps().size() == 1 && rig.status().epoch() == 2);
        }
    }
}
