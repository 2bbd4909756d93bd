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
    List<String> noting() {
        return List.of(
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
