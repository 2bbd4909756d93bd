package io.bactrian.connector;

import io.bactrian.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The platform's database in a test of a connector: {@code counted(k, v)}, whose changes go out, and
 * {@code received(n, message)}, where messages come in. Thread-safe.
 */
final class ConnectorTables {
    private static final int KEYS = 20;

    private final String url = PostgresServer.newDatabase();
    private final String name = url.substring(url.lastIndexOf('/') + 1);
    private final Map<Integer, Long> versions = new HashMap<>();

    ConnectorTables() {
        execute("CREATE TABLE counted (k bigint PRIMARY KEY, v bigint NOT NULL)");
        execute("CREATE TABLE received (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message text NOT NULL)");
    }

    Map<String, String> configuration() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("bactrian.databases.main.url", url);
        all.put("bactrian.databases.main.username", PostgresServer.USER);
        all.put("bactrian.databases.main.password", PostgresServer.PASSWORD);
        all.put("bactrian.databases.main.capture.tables", "counted,received");
        all.put("bactrian.databases.main.capture.install", "auto");
        return all;
    }

    /** Counts some keys up, one transaction each. */
    void write(int count) {
        synchronized (versions) {
            try (Connection connection = connect();
                    PreparedStatement upsert = connection.prepareStatement(
                            "INSERT INTO counted VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v")) {
                for (int i = 0; i < count; i++) {
                    int key = i % KEYS;
                    long next = versions.getOrDefault(key, 0L) + 1;
                    upsert.setLong(1, key);
                    upsert.setLong(2, next);
                    upsert.executeUpdate();
                    versions.put(key, next);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The last version of each key. */
    Map<Integer, Long> written() {
        synchronized (versions) {
            return Map.copyOf(versions);
        }
    }

    /** How often each message is there. */
    Map<String, Integer> applied() throws SQLException {
        Map<String, Integer> rows = new HashMap<>();
        try (Connection connection = connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT message, count(*) FROM received GROUP BY message")) {
            while (result.next()) {
                rows.put(result.getString(1), result.getInt(2));
            }
        }
        return rows;
    }

    /** Nobody can connect any more, and who was is thrown out. */
    void goAway() {
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        PostgresServer.execute(
                "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    void comeBack() {
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }

    private void execute(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
