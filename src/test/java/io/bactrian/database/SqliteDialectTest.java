package io.bactrian.database;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SqliteDialectTest extends DialectContract {
    @TempDir
    static Path folder;

    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + folder.resolve("test.db"), null, null, 10);
    }

    @Override
    Map<Integer, String> notApplicable() {
        return Map.of(
                12, "SQLite has no users",
                13, "SQLite has no two-phase commit",
                35, "SQLite's keys are never deferred");
    }

    @Override
    List<String> userTrigger(String name, String table, String statement) {
        return List.of("CREATE TRIGGER " + name + " AFTER INSERT ON " + table + " BEGIN " + statement + "; END");
    }

    /** Both are captured; but SQLite carries out cascades before AFTER triggers fire. */
    @Override
    List<String> cascadeOrder() {
        return List.of("child d {id=7}", "parent d {id=1}");
    }
}
