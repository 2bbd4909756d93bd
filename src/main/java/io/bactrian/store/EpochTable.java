package io.bactrian.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;

/**
 * Issues epochs: numbers that set the sequence numbers of one spell of a user database apart from those of another
 * (invariant 5). Thread-safe.
 */
public final class EpochTable {
    private final Store store;

    public EpochTable(Store store) {
        this.store = store;
    }

    /**
     * Issues an epoch greater than every one issued before, and than {@code known}; on disk when it returns.
     *
     * @param known the greatest epoch seen elsewhere (the user database, the journal): this store may be an old copy
     */
    public long issue(String database, long known) {
        return store.writeNow(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    INSERT INTO collected_database (name, epoch) VALUES (?, ? + 1)
                    ON CONFLICT (name) DO UPDATE SET epoch = max(collected_database.epoch + 1, excluded.epoch)
                    RETURNING epoch
                    """)) {
                statement.setString(1, database);
                statement.setLong(2, known);
                try (ResultSet row = statement.executeQuery()) {
                    return row.getLong(1);
                }
            }
        });
    }
}
