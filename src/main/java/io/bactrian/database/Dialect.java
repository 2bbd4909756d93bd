package io.bactrian.database;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * SEAM (to be refined by its owners): how one product differs. One implementation per product, in its own package; it
 * returns SQL or values, decides nothing.
 */
public interface Dialect {
    /** Such as {@code PostgreSQL}. */
    String product();

    /** Sets what the product's connections need (driver properties, initial SQL). */
    void configure(HikariConfig pool);

    List<Table> tables(Connection connection) throws SQLException;

    DatabaseException.Kind classify(SQLException failure);

    /** Stamps the current transaction's writes. */
    void setOrigin(Connection connection, List<String> origin) throws SQLException;

    /** After commit or rollback, where the product doesn't forget by itself. */
    void clearOrigin(Connection connection) throws SQLException;

    /** DDL of capture: our tables, views and triggers in the user's database. */
    TriggerDialect triggers();

    /** How the trigger table is read, emptied and waited on. */
    CollectorDialect collecting();

    /** SQL of reading and writing user tables. */
    WriteDialect writes();
}
