package io.bactrian.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * DDL of capture: our tables and triggers in the user's database, in the product's SQL. It plans and looks, and runs
 * nothing that changes anything.
 *
 * <p>What it makes:
 *
 * <pre>
 * change(seq, transaction, table, operation, key, old, new, origin, at)
 *   transaction the product's name for the transaction; '' on SQLite, which has none
 *   operation  'i' insert, 'u' update, 'k' update that altered the key (key = the new key), 'd' delete, 't' truncate;
 *              'e' an event (table = its name, key {}, new = its payload, any JSON value);
 *              'p' a probe, which stands for no change (table = its token): collectors take it out
 *   key        JSON object of the key columns ('{}' without a key, and for truncate), without blanks
 *   old, new   JSON objects in the canonical JSON form, or NULL; their blanks mean nothing
 *   origin     parties joined by commas, or NULL
 *   at         PostgreSQL timestamptz; SQLite text, ISO 8601 with milliseconds and Z
 * applied(route, step, split, message, generation, at), primary key all but at
 * meta(name primary key, value): version, owner, epoch, token (all '' at first but version)
 * health: one row: backlog (rows), oldest (timestamp), oldest_age_seconds
 * emit(name, payload): records an event; on SQLite, which has no procedures, a view that takes INSERTs
 * </pre>
 *
 * PostgreSQL: schema {@code bactrian}; SQLite: prefix {@code bactrian_}, and {@code bactrian_context(id=1, origin,
 * table)}, where a null table stands for every table.
 *
 * <p>The canonical JSON form: exact numbers; NaN and infinities as strings; binary as base64 in one line; dates and
 * times in ISO 8601, with a zone in UTC. SQLite can't make base64: there a blob, whatever the type of its column, is
 * written as <code>{"$blob":"hex"}</code>, and whoever collects makes base64 of it.
 *
 * <p>Wake-up on PostgreSQL: a trigger that can't share the advisory lock ({@link #WAKE_LOCK_CLASS},
 * {@link #WAKE_LOCK_OBJECT}) notifies the channel {@code bactrian}, since the collector then sleeps. Not so where
 * {@code max_prepared_transactions} is above 0, for NOTIFY makes PREPARE TRANSACTION fail: there the collector has to
 * poll, unless {@code bactrian.notify = on} is set (for the role or the database, such as {@code ALTER DATABASE shop SET
 * bactrian.notify = 'on'}) by someone who knows that nobody prepares transactions on captured tables.
 */
public interface TriggerDialect {
    /** "Bact" in ASCII: the first key of the advisory lock that the collector holds while it sleeps. */
    int WAKE_LOCK_CLASS = 0x42616374;

    /** The second key of that lock. */
    int WAKE_LOCK_OBJECT = 1;

    /** The version of what {@link #foundation()} makes, as {@code meta} has it. */
    String VERSION = "1";

    /** The SQL name of one of ours: {@code change}, {@code applied}, {@code meta} or {@code health}. */
    String ours(String name);

    /** What is run first in a transaction that installs or removes; empty where nothing is needed. */
    List<String> preamble();

    /** Makes all of ours but the triggers, leaving alone what is there. */
    List<String> foundation();

    /** What the foundation makes, by name. */
    Set<String> parts();

    /** Those of {@link #parts} that are there. */
    Set<String> present(Connection connection) throws SQLException;

    /** What captures the table, without these columns. */
    CaptureDdl capture(Table table, Set<String> excludedColumns);

    /** What captures tables now, by the table's name as {@link Table#name()} has it. */
    Map<String, InstalledCapture> installed(Connection connection) throws SQLException;

    /** Removes the foundation, after the triggers. */
    List<String> removal();

    /** What someone who captures the database should know; empty where there is nothing. */
    List<String> warnings(Connection connection) throws SQLException;

    /** What someone who captures this table should know; empty where there is nothing. */
    List<String> warnings(Connection connection, Table table) throws SQLException;

    /** SQL that writes one row of a table that has a key, if it has any row, as it is: so that its triggers fire. */
    default String touch(Table table) {
        String key = String.join(
                ", ",
                table.key().stream()
                        .map(column -> '"' + column.replace("\"", "\"\"") + '"')
                        .toList());
        String first = '"' + table.key().get(0).replace("\"", "\"\"") + '"';
        return "UPDATE " + table.sqlName() + " SET " + first + " = " + first + " WHERE (" + key + ") IN (SELECT " + key
                + " FROM " + table.sqlName() + " LIMIT 1)";
    }

    /** What the role that installs must be allowed to do. */
    List<String> grants();

    /**
     * What captures one table.
     *
     * @param table its name
     * @param definition comparable with {@link InstalledCapture#definition}: equal means that nothing drifted
     * @param statements make it where nothing of it is there
     */
    record CaptureDdl(String table, String definition, List<String> statements) {}

    /**
     * What captures one table now.
     *
     * @param table its name
     * @param definition as the database's own catalog has it
     * @param removal takes it away
     */
    record InstalledCapture(String table, String definition, List<String> removal) {}
}
