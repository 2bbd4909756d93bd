package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PostgresqlCollectorIT extends CollectorContract {
    @Override
    CapturedDatabase newDatabase(Path directory) {
        return new CapturedPostgresql();
    }

    @Test
    @DisplayName("invariant 12: a connection that the server ends is replaced, and nothing is lost")
    void aConnectionThatIsEndedIsReplaced() {
        CollectorRig rig = start("data");
        for (int i = 0; i < 5; i++) {
            user.insertAll(i * 20, i * 20 + 10);
            user.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'bactrian collector' AND datname = current_database()");
            user.insertAll(i * 20 + 10, i * 20 + 20);
        }
        rig.awaitChanges(100);
        rig.awaitEmptied(user);
        assertEquals(100, rig.keys().stream().distinct().count());
        assertEquals(100, rig.changes().size());
        assertEquals(List.of(), rig.status().gaps());
    }

    @Test
    @DisplayName("pitfall 13; invariant 12: without notifications it polls, and prepared transactions are collected")
    void withoutNotificationsItPolls() throws Exception {
        user.execute("ALTER DATABASE " + user.settings().url().replaceAll(".*/", "") + " RESET bactrian.notify");
        CollectorRig rig = start("data");
        rig.awaitState(CollectorStatus.State.COLLECTING);
        try (Connection connection = user.connect();
                var statement = connection.createStatement()) {
            statement.execute("BEGIN");
            user.insert(connection, 1);
            statement.execute("PREPARE TRANSACTION 'collector'");
            user.insert(2);
            rig.awaitChanges(1);
            statement.execute("COMMIT PREPARED 'collector'");
        }
        rig.awaitChanges(2);
        assertEquals(List.of("{\"id\":2}", "{\"id\":1}"), rig.keys());
    }

    @Test
    @DisplayName("invariant 15: a copy of the store in another process waits for its turn")
    void aCopyOfTheStoreWaits() throws Exception {
        try (CollectorRig first = new CollectorRig(directory.resolve("data"), user)) {
            first.start();
            user.insert(1);
            first.awaitChanges(1);
        }
        CapturedDatabase.copyTree(directory.resolve("data"), directory.resolve("copy"));
        CollectorRig first = start("data");
        first.awaitState(CollectorStatus.State.COLLECTING);
        CollectorRig copy = start("copy");
        copy.awaitState(CollectorStatus.State.REFUSED);
        assertTrue(String.valueOf(copy.status().error()).contains("copy of this store"));
        user.insert(2);
        first.awaitChanges(2);
        assertEquals(1, copy.changes().size());
    }
}
