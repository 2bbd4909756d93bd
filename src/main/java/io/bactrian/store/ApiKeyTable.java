package io.bactrian.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The table {@code api_key}: hashes of keys, never a key. Thread-safe. */
public final class ApiKeyTable {
    /** @param hash SHA-256 of the key; the caller must not write to it */
    public record Row(String id, byte[] hash, String party, Set<String> scopes, Instant createdAt) {}

    private final Store store;

    public ApiKeyTable(Store store) {
        this.store = store;
    }

    /** All keys, the oldest first. */
    public List<Row> all() {
        return store.read(connection -> {
            List<Row> rows = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT id, hash, party, scopes, created_at FROM api_key ORDER BY created_at, id");
                    ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    rows.add(new Row(
                            result.getString(1),
                            result.getBytes(2),
                            result.getString(3),
                            Set.of(result.getString(4).split(",")),
                            Instant.parse(result.getString(5))));
                }
            }
            return rows;
        });
    }

    /** Completes when the key is on disk. */
    public CompletableFuture<Integer> insert(Row row) {
        return store.write(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO api_key (id, hash, party, scopes, created_at) VALUES (?, ?, ?, ?, ?)")) {
                insert.setString(1, row.id());
                insert.setBytes(2, row.hash());
                insert.setString(3, row.party());
                insert.setString(4, String.join(",", row.scopes()));
                insert.setString(5, row.createdAt().toString());
                return insert.executeUpdate();
            }
        });
    }

    /** Completes, when it is gone from disk, with the number of keys that had this id. */
    public CompletableFuture<Integer> delete(String id) {
        return store.write(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM api_key WHERE id = ?")) {
                delete.setString(1, id);
                return delete.executeUpdate();
            }
        });
    }
}
