package io.bactrian.table;

import io.bactrian.database.Column;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.RowQuery;
import io.bactrian.database.Table;
import io.bactrian.database.WriteDialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads user tables of one database, values in their natural Java types. Thread-safe; blocks its caller. */
public final class TableReader {
    private final Database database;
    private final WriteDialect dialect;
    private final Tables tables;

    public TableReader(Database database) {
        this(database, new Tables(database));
    }

    TableReader(Database database, Tables tables) {
        this.database = database;
        this.dialect = database.dialect().writes();
        this.tables = tables;
    }

    /**
     * Rows whose columns equal these values (null: IS NULL), in key order.
     *
     * @throws DatabaseException whose kind says what a caller can do; unknown tables and columns are named
     */
    public List<Map<String, @Nullable Object>> list(
            String table, Map<String, ? extends @Nullable Object> equal, int limit, int offset) {
        TablePlan plan = tables.of(table);
        List<Column> filtered = new ArrayList<>();
        List<Column> absent = new ArrayList<>();
        equal.forEach((name, value) -> (value == null ? absent : filtered).add(plan.column(name)));
        Table read = plan.table();
        List<Column> order = read.key().stream().map(plan::column).toList();
        String sql = dialect.query(new RowQuery(read, filtered, absent, order));
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int next = 1;
                for (Column column : filtered) {
                    dialect.bind(statement, next++, column, equal.get(column.name()));
                }
                statement.setInt(next++, limit);
                statement.setInt(next, offset);
                List<Map<String, @Nullable Object>> rows = new ArrayList<>();
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        rows.add(RowStatement.read(result, 1, read.columns(), dialect));
                    }
                }
                return rows;
            }
        });
    }

    /**
     * The row that these columns identify: the primary key or another unique key.
     *
     * @throws DatabaseException as {@link #list}; also where several rows have these values
     */
    public Optional<Map<String, @Nullable Object>> find(String table, Map<String, ? extends @Nullable Object> key) {
        List<Map<String, @Nullable Object>> rows = list(table, key, 2, 0);
        if (rows.size() > 1) {
            throw new DatabaseException(
                    DatabaseException.Kind.INVALID_STATEMENT,
                    "Table " + table + " has several rows with " + key + ": it identifies none",
                    null);
        }
        return rows.stream().findFirst();
    }
}
