package io.bactrian.http;

import io.bactrian.database.Database;
import io.bactrian.table.TableReader;
import io.bactrian.table.TableWriter;

/** A database whose captured tables the table API serves, under the database's own name. */
public record ServedDatabase(Database database, TableReader reader, TableWriter writer) {
    public ServedDatabase(Database database) {
        this(database, new TableReader(database), new TableWriter(database));
    }
}
