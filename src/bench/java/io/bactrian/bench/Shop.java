package io.bactrian.bench;

import io.bactrian.testing.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** A fresh database with the table that all benchmarks write: {@code bench_orders}. */
final class Shop {
    private static final String NOTE =
            "a note of about one hundred characters, as an order in a shop would have it, more or less, and so on";

    private final String url;

    Shop() {
        url = PostgresServer.newDatabase();
        // The tests' server allows prepared transactions, where triggers don't notify unless told to.
        PostgresServer.execute(
                url.substring(url.lastIndexOf('/') + 1),
                "ALTER DATABASE " + url.substring(url.lastIndexOf('/') + 1) + " SET bactrian.notify = 'on'");
        execute("""
                CREATE TABLE bench_orders (
                    id bigint PRIMARY KEY,
                    customer_id int,
                    status text,
                    amount numeric(12,2),
                    note text,
                    committed_at timestamptz DEFAULT clock_timestamp())
                """);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }

    String url() {
        return url;
    }

    /** The platform's configuration that captures the table. */
    Map<String, String> configuration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.username", PostgresServer.USER);
        configuration.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        configuration.put("bactrian.databases.main.pool-size", "16");
        configuration.put("bactrian.databases.main.capture.tables", "bench_orders");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return configuration;
    }

    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    long count(String sql) {
        return Long.parseLong(text(sql));
    }

    /** The one value that a query gives. */
    String text(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Inserts rows {@code first} to {@code first + count - 1}, ten in a transaction. */
    void insert(long first, int count) {
        try (Connection connection = connect();
                PreparedStatement insert = insert(connection)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                bind(insert, first + i);
                insert.addBatch();
                if (i % 10 == 9) {
                    insert.executeBatch();
                    connection.commit();
                }
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static PreparedStatement insert(Connection connection) throws SQLException {
        return connection.prepareStatement(
                "INSERT INTO bench_orders (id, customer_id, status, amount, note) VALUES (?, ?, ?, ?, ?)");
    }

    static void bind(PreparedStatement insert, long id) throws SQLException {
        insert.setLong(1, id);
        insert.setInt(2, (int) (id % 1000));
        insert.setString(3, "paid");
        insert.setBigDecimal(4, BigDecimal.valueOf(1234 + id % 10_000, 2));
        insert.setString(5, NOTE);
    }

    /** The same row as JSON, as a webhook brings it. */
    static String json(long id) {
        return "{\"id\":" + id + ",\"customer_id\":" + id % 1000 + ",\"status\":\"paid\",\"amount\":12.34,\"note\":\""
                + NOTE + "\"}";
    }
}
