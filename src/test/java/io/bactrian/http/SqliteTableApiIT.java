package io.bactrian.http;

import io.bactrian.database.DatabaseSettings;
import java.nio.file.Path;
import java.util.List;

class SqliteTableApiIT extends TableApiContract {
    @Override
    DatabaseSettings newDatabase(Path directory) {
        return new DatabaseSettings("main", "jdbc:sqlite:" + directory.resolve("api.db"), null, null, 10);
    }

    @Override
    DatabaseSettings unreachable(Path directory) {
        return new DatabaseSettings("gone", "jdbc:sqlite:" + directory.resolve("nowhere/api.db"), null, null, 1);
    }

    @Override
    String generatedKey() {
        return "INTEGER PRIMARY KEY";
    }

    @Override
    List<String> ours() {
        return List.of(
                """
                CREATE TABLE bactrian_applied (
                    route TEXT, step TEXT, split INTEGER, message TEXT, generation INTEGER,
                    at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    PRIMARY KEY (route, step, split, message, generation))""",
                "CREATE TABLE bactrian_context (id INTEGER PRIMARY KEY, origin TEXT)",
                "INSERT INTO bactrian_context VALUES (1, NULL)",
                "CREATE TRIGGER note AFTER INSERT ON orders BEGIN INSERT INTO seen SELECT origin FROM bactrian_context; END");
    }

    @Override
    String paid() {
        return "1";
    }

    @Override
    String wideTotal() {
        return "12345678901.25";
    }
}
