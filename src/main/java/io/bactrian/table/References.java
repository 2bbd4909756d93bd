package io.bactrian.table;

import io.bactrian.database.SetWrites;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which table refers to which, by foreign keys; tables are named as SQL has them. Immutable. */
final class References {
    private final Map<String, Integer> ranks = new HashMap<>();
    private final Set<String> acting = new HashSet<>();

    static References read(Connection connection, SetWrites sets) throws SQLException {
        References references = new References();
        Map<String, Set<String>> parents = new HashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sets.references())) {
            while (row.next()) {
                parents.computeIfAbsent(row.getString(1), none -> new HashSet<>())
                        .add(row.getString(2));
                if (row.getBoolean(3)) {
                    references.acting.add(row.getString(2));
                }
            }
        }
        parents.keySet().forEach(table -> references.rank(table, parents, new HashSet<>()));
        return references;
    }

    /** Higher than that of each table it refers to, as far as they don't refer to each other in a circle. */
    int rank(String table) {
        return ranks.getOrDefault(table, 0);
    }

    /** Whether the database itself alters or removes other rows when one of this table is deleted. */
    boolean acts(String table) {
        return acting.contains(table);
    }

    private int rank(String table, Map<String, Set<String>> parents, Set<String> path) {
        Integer known = ranks.get(table);
        if (known != null) {
            return known;
        }
        if (!path.add(table)) {
            return 0;
        }
        int rank = 0;
        for (String parent : parents.getOrDefault(table, Set.of())) {
            rank = Math.max(rank, 1 + rank(parent, parents, path));
        }
        path.remove(table);
        ranks.put(table, rank);
        return rank;
    }
}
