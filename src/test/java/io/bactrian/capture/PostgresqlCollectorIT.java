package io.bactrian.capture;

import java.nio.file.Path;

class PostgresqlCollectorIT extends CollectorContract {
    @Override
    CapturedDatabase newDatabase(Path directory) {
        return new CapturedPostgresql();
    }

    @Override
    boolean oneWriter() {
        return false;
    }
}
