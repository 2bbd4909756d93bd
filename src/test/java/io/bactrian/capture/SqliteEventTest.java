package io.bactrian.capture;

import java.nio.file.Files;
import java.nio.file.Path;

class SqliteEventTest extends EventContract {
    @Override
    CapturedDatabase newDatabase(Path directory) throws Exception {
        return new CapturedSqlite(
                Files.createDirectory(directory.resolve("user")).resolve("shop.db"));
    }
}
