package io.bactrian.capture;

import io.bactrian.database.DatabaseSettings;
import io.bactrian.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;

final class CapturedPostgresql extends CapturedDatabase {
    private final String url = PostgresServer.newDatabase();
    private final String name = url.substring(url.lastIndexOf('/') + 1);

    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings("main", url, PostgresServer.USER, PostgresServer.PASSWORD, 2);
    }

    @Override
    void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    @Override
    void end(Connection connection, boolean commit) throws SQLException {
        if (commit) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }

    @Override
    void createTable() {
        execute("CREATE TABLE IF NOT EXISTS item (id int PRIMARY KEY, version int NOT NULL, note text)");
        // The server allows prepared transactions, so the triggers wouldn't notify unless told to.
        execute("ALTER DATABASE " + name + " SET bactrian.notify = 'on'");
    }

    @Override
    boolean oneWriter() {
        return false;
    }

    @Override
    void truncate() {
        execute("BEGIN", "SELECT set_config('bactrian.origin', 'crm,shop', true)", "TRUNCATE item", "COMMIT");
    }

    @Override
    String emit(String name, String payload) {
        return "SELECT bactrian.emit('" + name + "', " + payload + ")";
    }

    @Override
    String emittingTrigger() {
        return """
            CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM bactrian.emit('item-seen', NEW.note);
                RETURN NULL;
            END $$;
            CREATE TRIGGER seen AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION seen()""";
    }

    @Override
    void loseChangesAfter(long seq) {
        execute(
                "DELETE FROM bactrian.change WHERE seq > " + seq,
                "ALTER TABLE bactrian.change ALTER seq RESTART WITH " + (seq + 1));
    }

    @Override
    void backup() {
        PostgresServer.execute("postgres", "CREATE DATABASE " + name + "_backup TEMPLATE " + name);
    }

    @Override
    void restore() {
        PostgresServer.execute("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + "_backup RENAME TO " + name);
    }

    @Override
    void takeAway() {
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + " RENAME TO " + name + "_away");
    }

    @Override
    void bringBack() {
        PostgresServer.execute("postgres", "ALTER DATABASE " + name + "_away RENAME TO " + name);
    }

    @Override
    String ours() {
        return "bactrian.";
    }
}
