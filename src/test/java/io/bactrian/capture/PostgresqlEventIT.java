package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PostgresqlEventIT extends EventContract {
    @Override
    CapturedDatabase newDatabase(Path directory) {
        return new CapturedPostgresql();
    }

    @Test
    @DisplayName("pitfall 12: who has no right to our tables may emit")
    void whoHasNoRightsMayEmit() {
        user.execute(
                "DROP ROLE IF EXISTS emitter",
                "CREATE ROLE emitter",
                "SET ROLE emitter",
                user.emit("from-anyone", "jsonb_build_object('left', 3)"),
                "SELECT bactrian.emit('bare')",
                "RESET ROLE",
                "DROP ROLE emitter");
        rig.awaitChanges(2);
        assertEquals("{\"left\": 3}", rig.changes().get(0).afterJson());
        assertEquals("bare", rig.changes().get(1).table());
    }
}
