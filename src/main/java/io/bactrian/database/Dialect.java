package io.bactrian.database;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one product differs. One implementation per product, in its own package; it returns SQL or values, decides
 * nothing. Stateless and thread-safe.
 */
public interface Dialect {
    /** Such as {@code PostgreSQL}. */
    String product();

    /**
     * Sets what the product's connections need (driver properties, initial SQL).
     *
     * @throws IllegalArgumentException where the url can't work, with the remedy
     */
    void configure(HikariConfig pool);

    /** The url with a file's relative path made absolute; as it is where it names no file. */
    default String located(String url, Path folder) {
        return url;
    }

    /** How many transactions may write at the same time; above it, writers wait in our process, in order. */
    int writers();

    /** Begins a transaction that will write; ended by the connection's commit or rollback. */
    void beginWriting(Connection connection) throws SQLException;

    /**
     * The same for a transaction of several messages' writes. Others may lock their rows in another order: it waits shortly
     * for a lock, since each message can be written by itself.
     */
    default void beginWritingJointly(Connection connection) throws SQLException {
        beginWriting(connection);
    }

    /** All user tables but ours, in the order of their names. */
    List<Table> tables(Connection connection) throws SQLException;

    DatabaseException.Kind classify(SQLException failure);

    /**
     * Stamps the current transaction's direct writes; those of the user's own triggers in consequence stay unstamped.
     *
     * @param table the only table that is written directly, by {@link Table#name}, or null where there may be several: a
     *     product whose triggers can't tell who caused them then stamps consequences too
     */
    void setOrigin(Connection connection, List<String> origin, @Nullable String table) throws SQLException;

    /** Takes the stamp off within the same transaction, before it commits; a rollback takes it off by itself. */
    void clearOrigin(Connection connection) throws SQLException;

    /** DDL of capture: our tables, views and triggers in the user's database. */
    TriggerDialect triggers();

    /** How the trigger table is read, emptied and waited on. */
    CollectorDialect collecting();

    /** SQL of reading and writing user tables. */
    WriteDialect writes();

    /** SQL that gives the server's clock as a time with its zone; empty where the database runs in this process. */
    default Optional<String> clockQuery() {
        return Optional.empty();
    }

    /** An identifier as SQL takes it to the letter, whatever its case and characters. */
    default String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
