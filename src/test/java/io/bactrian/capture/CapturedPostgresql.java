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
    void install() {
        execute(
                "CREATE TABLE IF NOT EXISTS item (id int PRIMARY KEY, version int NOT NULL, note text)",
                "CREATE SCHEMA bactrian",
                """
                CREATE TABLE bactrian.change (
                    seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
                    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
                    "table" text NOT NULL, operation text NOT NULL, key json NOT NULL, old json, new json,
                    origin text, at timestamptz NOT NULL DEFAULT clock_timestamp())
                """,
                "CREATE TABLE bactrian.meta (name text PRIMARY KEY, value text NOT NULL)",
                "INSERT INTO bactrian.meta VALUES ('version', '1'), ('owner', ''), ('epoch', '0'), ('token', '')",
                """
                CREATE FUNCTION bactrian.item() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO bactrian.change ("table", operation, key, old, new)
                    VALUES ('item',
                        CASE TG_OP WHEN 'INSERT' THEN 'i' WHEN 'DELETE' THEN 'd'
                             ELSE CASE WHEN OLD.id = NEW.id THEN 'u' ELSE 'k' END END,
                        json_build_object('id', coalesce(NEW.id, OLD.id)),
                        CASE WHEN TG_OP <> 'INSERT' THEN to_json(OLD) END,
                        CASE WHEN TG_OP <> 'DELETE' THEN to_json(NEW) END);
                    IF NOT pg_try_advisory_xact_lock_shared(1113678708, 1) THEN
                        NOTIFY bactrian;
                    END IF;
                    RETURN NULL;
                END $$
                """,
                """
                CREATE TRIGGER "!bactrian" AFTER INSERT OR UPDATE OR DELETE ON item
                FOR EACH ROW EXECUTE FUNCTION bactrian.item()
                """);
    }

    @Override
    void uninstall() {
        execute("DROP TRIGGER \"!bactrian\" ON item", "DROP SCHEMA bactrian CASCADE");
    }

    @Override
    void truncate() {
        execute(
                "INSERT INTO bactrian.change (\"table\", operation, key, origin) VALUES ('item', 't', '{}', 'crm,shop')");
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
