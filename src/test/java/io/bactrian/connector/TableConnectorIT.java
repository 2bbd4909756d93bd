package io.bactrian.connector;

import io.bactrian.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;

/** Another database: changes become rows of its log, rows that are inserted there come in. */
class TableConnectorIT extends ConnectorContract {
    private final String url = PostgresServer.newDatabase();
    private final String name = url.substring(url.lastIndexOf('/') + 1);
    private boolean prepared;
    private boolean reading;
    private volatile boolean listening = true;
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();

    @Override
    void startNeighbour() throws Exception {
        if (prepared) {
            PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            return;
        }
        prepared = true;
        execute("CREATE TABLE arrivals (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, k bigint, v bigint)");
        execute("CREATE TABLE outgoing (id text PRIMARY KEY, body json NOT NULL)");
    }

    @Override
    boolean stopNeighbour() {
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        PostgresServer.execute(
                "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
        return true;
    }

    @AfterAll
    void end() {
        listening = false;
    }

    @Override
    Map<String, String> configuration() {
        return Map.of(
                "bactrian.databases.other.url",
                url,
                "bactrian.databases.other.username",
                PostgresServer.USER,
                "bactrian.databases.other.password",
                PostgresServer.PASSWORD,
                "bactrian.databases.other.capture.tables",
                "outgoing",
                "bactrian.databases.other.capture.install",
                "auto");
    }

    @Override
    String out() {
        return "table:arrivals?database=other&operation=insert";
    }

    @Override
    String in() {
        return "changes:outgoing?database=other&from=earliest&retryQuick=1&retryMax=1&retryDelay=50ms";
    }

    @Override
    String inSteps() {
        return """
                        - setBody: {simple: "${body[body]}"}
                """;
    }

    @Override
    void send(String id, String body) throws Exception {
        try (Connection connection = connect();
                var insert = connection.prepareStatement(
                        "INSERT INTO outgoing VALUES (?, to_json(?::text)) ON CONFLICT DO NOTHING")) {
            insert.setString(1, id);
            insert.setString(2, body);
            insert.executeUpdate();
        }
    }

    /** Its log is read in the order in which it was written. */
    @Override
    void listen() {
        if (reading) {
            return;
        }
        reading = true;
        Thread reader = new Thread(this::read, "arrivals");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        while (listening) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT n, k, v FROM arrivals ORDER BY n")) {
                while (rows.next()) {
                    // Numbers are drawn before their rows are committed: a lower one may show later.
                    if (!seen.add(rows.getLong(1))) {
                        continue;
                    }
                    arrived(
                            rows.getLong(2) + "/" + rows.getLong(3),
                            "{\"k\":" + rows.getLong(2) + ",\"v\":" + rows.getLong(3) + "}");
                }
                Thread.sleep(20);
            } catch (SQLException e) {
                // It is away for a while.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
