package io.bactrian.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PostgresServerIT {

    @Test
    void itSyncsToDiskAsAProductionServerDoes() throws SQLException {
        String url = PostgresServer.newDatabase();
        try (Connection connection = DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD)) {
            assertEquals("on", show(connection, "fsync"));
            assertEquals("on", show(connection, "synchronous_commit"));
            assertEquals("10", show(connection, "max_prepared_transactions"));
        }
    }

    @Test
    void everyDatabaseIsNew() {
        assertNotEquals(PostgresServer.newDatabase(), PostgresServer.newDatabase());
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }
}
