package io.bactrian.database;

import io.bactrian.database.postgresql.PostgresqlDialect;
import io.bactrian.database.sqlite.SqliteDialect;

/** The only list of products: which dialect speaks to which JDBC url. */
final class Dialects {
    private Dialects() {}

    /** @throws IllegalArgumentException naming the database, the url and the products there are */
    static Dialect of(DatabaseSettings settings) {
        String url = settings.url();
        if (url.startsWith("jdbc:postgresql:")) {
            return new PostgresqlDialect();
        }
        if (url.startsWith("jdbc:sqlite:")) {
            return new SqliteDialect();
        }
        throw new IllegalArgumentException("bactrian.databases." + settings.name() + ".url=" + settings.shownUrl()
                + ": no dialect for this product; there are jdbc:postgresql: and jdbc:sqlite:");
    }
}
