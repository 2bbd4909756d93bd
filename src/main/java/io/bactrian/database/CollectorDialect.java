package io.bactrian.database;

import java.sql.SQLException;

/** How a product's trigger table is read, emptied and waited on. */
public interface CollectorDialect {
    /**
     * Opens the collector's own connection: not one of a pool, for it listens and holds locks.
     *
     * @throws SQLException where the database can't be reached
     */
    CollectorSession open(DatabaseSettings settings) throws SQLException;
}
