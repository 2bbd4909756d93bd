package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseSettingsTest {
    @Test
    void noPasswordIsShown() {
        for (String url : new String[] {
            "jdbc:postgresql://h/d?user=a&password=hunter2&ssl=true", "jdbc:postgresql://a:hunter2@h/d"
        }) {
            String shown = new DatabaseSettings("main", url, "a", "hunter2", 1).toString();
            assertFalse(shown.contains("hunter2"), shown);
            assertTrue(shown.contains("/d"), shown);
        }
    }

    @Test
    void wrongSettingsNameTheKeyTheValueAndWhatIsAllowed() {
        assertTrue(message("Main", "jdbc:sqlite:x", 1).contains("bactrian.databases.Main"));
        assertTrue(message("main", "postgres://x", 1).contains("bactrian.databases.main.url=postgres://x"));
        assertTrue(message("main", "jdbc:sqlite:x", 0).contains("bactrian.databases.main.pool-size=0"));
        String unknown = assertThrows(
                        IllegalArgumentException.class,
                        () -> Database.open(new DatabaseSettings("main", "jdbc:oracle:x", null, null, 1)))
                .getMessage();
        assertTrue(unknown.contains("jdbc:postgresql:"), unknown);
    }

    @Test
    void aRelativePathOfAFileIsRelativeToTheFolder() {
        assertEquals("jdbc:sqlite:/home/data/demo.db", located("jdbc:sqlite:data/demo.db"));
        for (String asItIs : List.of(
                "jdbc:sqlite:/srv/shop.db",
                "jdbc:sqlite:file:shop.db?mode=rw",
                "jdbc:sqlite::memory:",
                "jdbc:postgresql://127.0.0.1:5432/shop")) {
            assertEquals(asItIs, located(asItIs));
        }
    }

    private static String located(String url) {
        return new DatabaseSettings("main", url, null, null, 1)
                .in(Path.of("/home"))
                .url();
    }

    private static String message(String name, String url, int poolSize) {
        return assertThrows(IllegalArgumentException.class, () -> new DatabaseSettings(name, url, null, null, poolSize))
                .getMessage();
    }
}
