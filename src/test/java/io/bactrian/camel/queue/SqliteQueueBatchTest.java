package io.bactrian.camel.queue;

import io.bactrian.database.DatabaseSettings;

class SqliteQueueBatchTest extends QueueBatchContract {
    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings("main", "jdbc:sqlite:" + folder.resolve("main.db"), null, null, 4);
    }

    @Override
    String changes() {
        return "bactrian_change";
    }
}
