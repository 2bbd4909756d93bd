package io.bactrian.database.sqlite;

import io.bactrian.database.CollectorDialect;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.DatabaseSettings;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Opens the collector's connection to an SQLite file, which must be there. */
final class SqliteCollecting implements CollectorDialect {
    @Override
    public CollectorSession open(DatabaseSettings settings) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        Connection connection = config.createConnection(settings.url());
        try {
            return new SqliteCollectorSession(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
