package io.bactrian.database.postgresql;

import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our tables in the schema {@code bactrian}, and a function with two triggers per captured table. */
final class PostgresqlTriggers implements TriggerDialect {
    /**
     * Whether triggers notify. Where they don't, since NOTIFY makes PREPARE TRANSACTION fail, whoever collects must poll:
     * nothing wakes it.
     */
    static final String NOTIFIES = "current_setting('max_prepared_transactions') = '0'"
            + " OR coalesce(current_setting('bactrian.notify', true), '') = 'on'";

    @Override
    public String ours(String name) {
        return "bactrian." + name;
    }

    @Override
    public List<String> preamble() {
        // Waiting longer for a table's lock would keep everyone else waiting behind us.
        return List.of("SET LOCAL lock_timeout = '2s'");
    }

    @Override
    public List<String> foundation() {
        return List.of(
                "CREATE SCHEMA IF NOT EXISTS bactrian",
                """
                CREATE TABLE IF NOT EXISTS bactrian.change (
                    -- Drawn one by one while the row's lock is held: so it follows commit order per key.
                    seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
                    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
                    "table" text NOT NULL,
                    operation text NOT NULL,
                    key json NOT NULL,
                    old json,
                    new json,
                    origin text,
                    at timestamptz NOT NULL DEFAULT clock_timestamp()
                ) WITH (
                    -- Rows live for milliseconds: dead ones must go as fast, or reading the head gets slow.
                    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                    autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0,
                    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 5000,
                    toast.autovacuum_vacuum_cost_delay = 0
                )""",
                """
                CREATE TABLE IF NOT EXISTS bactrian.applied (
                    route text NOT NULL,
                    step text NOT NULL,
                    split integer NOT NULL,
                    message text NOT NULL,
                    generation integer NOT NULL,
                    at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    PRIMARY KEY (route, step, split, message, generation)
                )""",
                "CREATE TABLE IF NOT EXISTS bactrian.meta (name text PRIMARY KEY, value text NOT NULL)",
                """
                INSERT INTO bactrian.meta (name, value)
                VALUES ('version', '%s'), ('owner', ''), ('epoch', ''), ('token', '') ON CONFLICT DO NOTHING""".formatted(VERSION),
                """
                CREATE OR REPLACE VIEW bactrian.health AS
                SELECT count(*) AS backlog, min(at) AS oldest,
                       coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS oldest_age_seconds
                FROM bactrian.change""",
                // Whoever may write a captured table may also say what happened.
                "GRANT USAGE ON SCHEMA bactrian TO PUBLIC",
                emit("payload json DEFAULT NULL", """
                    IF coalesce(name, '') = '' THEN
                        RAISE EXCEPTION 'bactrian.emit needs a name' USING ERRCODE = 'invalid_parameter_value';
                    END IF;
                    INSERT INTO bactrian.change ("table", operation, key, new, origin)
                    VALUES (name, 'e', '{}', coalesce(payload, '{}'),
                            CASE WHEN pg_trigger_depth() = 0 THEN nullif(current_setting('bactrian.origin', true), '') END);
                    %s""".formatted(PostgresqlCapture.WAKE)),
                emit("payload jsonb", "    PERFORM bactrian.emit(name, payload::json);"),
                emit("payload text", """
                    DECLARE value json;
                    BEGIN
                        BEGIN
                            value := payload::json;
                        EXCEPTION WHEN invalid_text_representation THEN
                            value := to_json(payload);
                        END;
                        PERFORM bactrian.emit(name, value);
                    END;"""));
    }

    /** Runs with the owner's rights: who calls it needs none on our tables. */
    private static String emit(String payload, String body) {
        return "CREATE OR REPLACE FUNCTION bactrian.emit(name text, " + payload + ") RETURNS void"
                + " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp\nAS $bactrian$\nBEGIN\n"
                + body
                + "\nEND\n$bactrian$";
    }

    @Override
    public Set<String> parts() {
        return Set.of("bactrian.change", "bactrian.applied", "bactrian.meta", "bactrian.health", "bactrian.emit");
    }

    @Override
    public Set<String> present(Connection connection) throws SQLException {
        return PostgresqlInstalled.present(connection);
    }

    @Override
    public CaptureDdl capture(Table table, Set<String> excludedColumns) {
        return new PostgresqlCapture(table, excludedColumns).ddl();
    }

    @Override
    public Map<String, InstalledCapture> installed(Connection connection) throws SQLException {
        return PostgresqlInstalled.captures(connection);
    }

    @Override
    public List<String> removal() {
        // No CASCADE: what a user built upon ours isn't ours to drop.
        return List.of(
                // A dropped table takes its triggers along and leaves their function.
                """
                DO $$ DECLARE function regprocedure; BEGIN
                    FOR function IN SELECT oid FROM pg_proc
                        WHERE pronamespace = to_regnamespace('bactrian') AND proname LIKE 'capture\\_%'
                    LOOP
                        EXECUTE 'DROP FUNCTION ' || function;
                    END LOOP;
                END $$""",
                "DROP FUNCTION IF EXISTS bactrian.emit(text, json), bactrian.emit(text, jsonb), bactrian.emit(text, text)",
                "DROP VIEW IF EXISTS bactrian.health",
                "DROP TABLE IF EXISTS bactrian.change",
                "DROP TABLE IF EXISTS bactrian.applied",
                "DROP TABLE IF EXISTS bactrian.meta",
                "DROP SCHEMA IF EXISTS bactrian");
    }

    @Override
    public List<String> warnings(Connection connection) throws SQLException {
        return PostgresqlWarnings.ofDatabase(connection);
    }

    @Override
    public List<String> warnings(Connection connection, Table table) throws SQLException {
        return PostgresqlWarnings.ofTable(connection, table);
    }

    @Override
    public List<String> grants() {
        return List.of(
                "CREATE on the database, for the schema bactrian",
                "TRIGGER on each captured table; to take the triggers off again, ownership of the table");
    }
}
