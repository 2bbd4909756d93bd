package io.bactrian.camel;

import io.bactrian.database.Database;

/**
 * An endpoint that does nothing but to one database, and always by that database's own transactions, so that several
 * messages can be sent to it in one ({@link Database#jointly}).
 */
public interface JoiningEndpoint {
    /** @throws IllegalArgumentException where there is none of its name */
    Database theDatabase();
}
