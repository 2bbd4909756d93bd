package io.bactrian.table;

import io.bactrian.database.Column;
import io.bactrian.database.RowShape;
import io.bactrian.database.WriteDialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The SQL for one shape of row, made once and used for every row of that shape. Immutable. */
final class RowStatement {
    private final RowShape shape;
    private final WriteDialect dialect;
    private final List<Column> parameters;
    private final String sql;
    private final List<Optional<String>> oneTrips;

    RowStatement(RowShape shape, WriteDialect dialect) {
        this.shape = shape;
        this.dialect = dialect;
        this.parameters = parameters(shape);
        this.sql = dialect.statement(shape);
        this.oneTrips = List.of(
                dialect.oneTrip(shape, false, false),
                dialect.oneTrip(shape, true, false),
                dialect.oneTrip(shape, false, true),
                dialect.oneTrip(shape, true, true));
    }

    private static List<Column> parameters(RowShape shape) {
        List<Column> columns = new ArrayList<>(shape.written());
        if (shape.kind() == RowShape.Kind.UPDATE || shape.kind() == RowShape.Kind.DELETE) {
            columns.addAll(shape.key());
            Column version = shape.version();
            if (version != null) {
                columns.add(version);
            }
        }
        return List.copyOf(columns);
    }

    RowShape shape() {
        return shape;
    }

    WriteDialect dialect() {
        return dialect;
    }

    /** What the parameters stand for, in order. */
    List<Column> parameters() {
        return parameters;
    }

    String sql() {
        return sql;
    }

    boolean returning() {
        return !shape.returned().isEmpty();
    }

    Optional<String> oneTrip(boolean stamped, boolean claimed) {
        return oneTrips.get((stamped ? 1 : 0) + (claimed ? 2 : 0));
    }

    /** The returned columns, which begin at {@code first}. */
    Map<String, @Nullable Object> read(ResultSet result, int first) throws SQLException {
        return read(result, first, shape.returned(), dialect);
    }

    static Map<String, @Nullable Object> read(ResultSet result, int first, List<Column> columns, WriteDialect dialect)
            throws SQLException {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i).name(), dialect.read(result, first + i, columns.get(i)));
        }
        return row;
    }
}
