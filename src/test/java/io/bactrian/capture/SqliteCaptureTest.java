package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.DatabaseSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCaptureTest extends CaptureContract {
    @TempDir
    Path folder;

    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + folder.resolve("test.db"), null, null, 4);
    }

    /** SQLite keeps its own table of numbers once one was needed. */
    @Override
    String objects() {
        return "SELECT type || ' ' || name FROM sqlite_schema WHERE name <> 'sqlite_sequence' ORDER BY 1";
    }

    @Override
    void breakCapture(String table) {
        execute("DROP TRIGGER bactrian_update_" + table);
    }

    @Test
    @DisplayName("pitfall 34: a user's trigger made after ours is noticed, and installing again puts ours first")
    void aTriggerMadeAfterOursIsNoticed() {
        capture(CaptureSettings.Install.AUTO, "orders").ready();
        execute("CREATE TRIGGER theirs AFTER INSERT ON orders BEGIN"
                + " UPDATE orders SET status = 'theirs' WHERE id = NEW.id; END");
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders");
        CaptureStatus status = capture.status();
        assertEquals(1, status.drift().size());
        assertTrue(
                status.drift().get(0).message().contains("theirs"),
                status.drift().toString());
        assertTrue(status.warnings().stream().anyMatch(w -> w.contains("\"theirs\" was made after ours")));
        capture.ready();
        execute("INSERT INTO orders VALUES (1, 'mine')");
        assertEquals(List.of("i", "u"), texts("SELECT operation FROM bactrian_change ORDER BY seq"));
    }

    @Test
    @DisplayName("pitfall 11: a renamed column is drift, and doesn't break writes")
    void aRenamedColumnIsDrift() {
        Capture capture = capture(CaptureSettings.Install.AUTO, "orders");
        capture.ready();
        execute("ALTER TABLE orders RENAME COLUMN status TO state");
        execute("INSERT INTO orders VALUES (1, 'x')");
        assertEquals(1, capture.verify().size());
        capture.ready();
        execute("INSERT INTO orders VALUES (2, 'x')");
        assertEquals(
                List.of("{\"id\":2,\"state\":\"x\"}"),
                texts("SELECT new FROM bactrian_change WHERE \"key\" = '{\"id\":2}'"));
    }
}
