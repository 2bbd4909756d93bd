package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What database code emits is heard on every product: transactional, durable, in order, with its payload. */
abstract class EventContract {
    @TempDir
    Path directory;

    CapturedDatabase user;
    CollectorRig rig;

    abstract CapturedDatabase newDatabase(Path directory) throws Exception;

    @BeforeEach
    void install() throws Exception {
        user = newDatabase(directory);
        user.install();
        rig = new CollectorRig(directory.resolve("data"), user);
        rig.start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void whatIsEmittedTravelsAsAChangeDoes() {
        user.insert(1);
        user.execute(user.emit("low-stock", "'{\"article\": \"O''Neill\", \"left\": 12345678901234567890.10}'"));
        user.insert(2);
        rig.awaitChanges(3);
        assertEquals(
                List.of("item", "low-stock", "item"),
                rig.changes().stream().map(Change::table).toList());
        Change event = rig.changes().get(1);
        assertEquals(Operation.EVENT, event.operation());
        assertEquals("O'Neill", event.row().get("article"));
        assertEquals("12345678901234567890.10", event.row().get("left").toString());
        assertEquals("{}", event.keyJson());
        assertEquals("/databases/main/events/low-stock", event.source());
        assertEquals("main-1-2", event.id().toString());
    }

    @Test
    void aPayloadThatIsNoObjectIsTheOneMemberOfOne() {
        user.execute(
                user.emit("e", "'[1,2]'"),
                user.emit("e", "'closing \"time\"'"),
                user.emit("e", "'7'"),
                user.emit("e", "NULL"));
        rig.awaitChanges(4);
        List<Change> events = rig.changes();
        assertEquals(
                List.of(1, 2).toString(), String.valueOf(events.get(0).row().get("payload")));
        assertEquals("closing \"time\"", events.get(1).row().get("payload"));
        assertEquals("7", String.valueOf(events.get(2).row().get("payload")));
        assertEquals("{}", events.get(3).afterJson());
    }

    @Test
    @DisplayName("invariant 2: what is emitted in a transaction that is rolled back is never heard")
    void whatIsRolledBackIsNeverHeard() throws Exception {
        try (Connection connection = user.connect();
                Statement statement = connection.createStatement()) {
            user.begin(connection);
            statement.execute(user.emit("lost", "'{}'"));
            user.end(connection, false);
            user.begin(connection);
            statement.execute(user.emit("kept", "'{}'"));
            user.end(connection, true);
        }
        rig.awaitChanges(1);
        assertEquals("kept", rig.changes().get(0).table());
    }

    @Test
    void theUsersOwnTriggersEmitToo() {
        user.execute(user.emittingTrigger());
        user.insert(1, "{\"seen\":true}");
        rig.awaitChanges(2);
        Change event = rig.changes().stream()
                .filter(each -> each.operation() == Operation.EVENT)
                .findFirst()
                .orElseThrow();
        assertEquals("item-seen", event.table());
        assertEquals(true, event.row().get("seen"));
    }

    @Test
    void anEventWithoutANameIsRefused() throws SQLException {
        try (Connection connection = user.connect();
                Statement statement = connection.createStatement()) {
            SQLException refused = assertThrows(SQLException.class, () -> statement.execute(user.emit("", "'{}'")));
            assertTrue(refused.getMessage().contains("emit needs a name"), refused.getMessage());
        }
    }
}
