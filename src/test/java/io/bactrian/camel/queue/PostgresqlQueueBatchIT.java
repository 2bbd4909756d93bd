package io.bactrian.camel.queue;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.DatabaseSettings;
import io.bactrian.testing.PostgresServer;
import org.junit.jupiter.api.Test;

class PostgresqlQueueBatchIT extends QueueBatchContract {
    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 10);
    }

    @Override
    String changes() {
        return "bactrian.change";
    }

    @Test
    void messagesThatWaitShareTransactions() throws Exception {
        send(rows(1, 300), "");
        start("- to: table:orders?operation=insert");
        await().until(() -> count("SELECT count(*) FROM orders") == 300 && waiting("in") == 0);
        int transactions = count("SELECT count(DISTINCT xmin::text) FROM orders");
        assertTrue(transactions < 30, "transactions: " + transactions);
    }

    @Test
    void aRouteThatUsesSqlTooSeesItsOwnRow() throws Exception {
        send(rows(1, 30), "");
        start(
                "- to: table:orders?operation=insert",
                "- to: \"sql:insert into seen select id, 1 from orders where article = :#number?dataSource=#main\"");
        await().until(() -> waiting("in") == 0 && count("SELECT count(*) FROM orders") == 30);
        assertEquals(29, count("SELECT count(*) FROM seen"), "numbers go from 0, articles from 1");
        assertEquals(30, count("SELECT count(DISTINCT xmin::text) FROM orders"));
    }

    @Test
    void whereOthersHoldARowItsMessageWaitsByItself() throws Exception {
        execute("INSERT INTO orders VALUES (5, 'held')");
        send(rows(1, 30), "");
        try (var connection =
                java.sql.DriverManager.getConnection(url(), PostgresServer.USER, PostgresServer.PASSWORD)) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("UPDATE orders SET article = 'mine' WHERE id = 5");
            }
            start("- to: table:orders?operation=upsert");
            await().until(() -> count("SELECT count(*) FROM orders") == 5);
            connection.commit();
        }
        await().until(() -> waiting("in") == 0 && count("SELECT count(*) FROM orders") == 30);
        assertEquals(1, count("SELECT count(*) FROM orders WHERE id = 5 AND article = '5'"));
        assertEquals(0, waiting("DLQ"));
    }
}
