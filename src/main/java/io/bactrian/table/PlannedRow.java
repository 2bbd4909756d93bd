package io.bactrian.table;

import io.bactrian.database.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row to write, with its statement.
 *
 * @param mustHit whether writing nothing is a failure (a stale version)
 */
record PlannedRow(RowStatement statement, List<@Nullable Object> parameters, boolean mustHit) {

    void bind(PreparedStatement prepared, int first) throws SQLException {
        List<Column> columns = statement.parameters();
        for (int i = 0; i < columns.size(); i++) {
            statement.dialect().bind(prepared, first + i, columns.get(i), parameters.get(i));
        }
    }

    /** Whether it says which row; an insert needn't. */
    boolean hasKey() {
        return !statement.shape().key().isEmpty()
                && statement.shape().key().stream().allMatch(column -> {
                    int position = statement.parameters().lastIndexOf(column);
                    return position >= 0 && parameters.get(position) != null;
                });
    }

    /** The values that say which row. */
    Map<String, @Nullable Object> key() {
        Map<String, @Nullable Object> key = new LinkedHashMap<>();
        for (Column column : statement.shape().key()) {
            // An update's key comes last, so a name that stands twice is found where it says which row.
            key.put(column.name(), parameters.get(statement.parameters().lastIndexOf(column)));
        }
        return key;
    }
}
