package io.bactrian.database.postgresql;

import io.bactrian.database.CollectorDialect;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.DatabaseSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens the collector's connection to a PostgreSQL. */
final class PostgresqlCollecting implements CollectorDialect {
    @Override
    public CollectorSession open(DatabaseSettings settings) throws SQLException {
        Properties properties = new Properties();
        if (settings.username() != null && !settings.username().isEmpty()) {
            properties.setProperty("user", settings.username());
        }
        if (settings.password() != null && !settings.password().isEmpty()) {
            properties.setProperty("password", settings.password());
        }
        properties.setProperty("ApplicationName", "bactrian collector");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        // No statement of the collector's takes long: silence means that the server is gone.
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("prepareThreshold", "1");
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        try {
            return new PostgresqlCollectorSession(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
