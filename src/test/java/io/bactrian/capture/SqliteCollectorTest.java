package io.bactrian.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class SqliteCollectorTest extends CollectorContract {
    @Override
    CapturedDatabase newDatabase(Path directory) throws IOException {
        return new CapturedSqlite(Files.createDirectories(directory).resolve("user.db"));
    }

    @Override
    boolean oneWriter() {
        return true;
    }
}
