package io.bactrian.table;

import io.bactrian.change.ColumnType;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import io.bactrian.database.Column;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.RowShape;
import io.bactrian.database.Table;
import io.bactrian.database.WriteDialect;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.OnConflict;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How rows for one table become statements. Thread-safe. */
final class TablePlan {
    /** Callers choose which columns a row has; a table of n columns allows 2^n shapes. */
    private static final int MOST_STATEMENTS = 1_000;

    /** What makes one statement differ from another of the same table. */
    private record Form(
            RowShape.Kind kind,
            BitSet given,
            List<String> key,
            @Nullable String version,
            boolean returning) {}

    private final Table table;
    private final WriteDialect dialect;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final Map<Form, RowStatement> statements = new ConcurrentHashMap<>();

    TablePlan(Table table, WriteDialect dialect) {
        this.table = table;
        this.dialect = dialect;
        table.columns().forEach(column -> columns.put(column.name(), column));
    }

    Table table() {
        return table;
    }

    /** @throws DatabaseException naming the columns there are */
    Column column(String name) {
        Column column = columns.get(name);
        if (column == null) {
            throw Names.unknown("Table " + table.name(), "column", name, columns.keySet());
        }
        return column;
    }

    PlannedRow plan(WriteRequest request, Map<String, ? extends @Nullable Object> row) {
        RowShape.Kind kind = kind(request);
        List<String> key = request.keyColumns().isEmpty() ? table.key() : request.keyColumns();
        boolean found = kind != RowShape.Kind.INSERT && kind != RowShape.Kind.INSERT_WHERE_ABSENT;
        if (found) {
            requireKey(key, row, request.action());
        }
        String version = version(request, row);
        Form form = new Form(kind, given(row), key, version, request.returning());
        RowStatement statement = statements.get(form);
        if (statement == null) {
            statement = new RowStatement(shape(form, row), dialect);
            if (statements.size() >= MOST_STATEMENTS) {
                statements.clear();
            }
            statements.put(form, statement);
        }
        List<@Nullable Object> values = new ArrayList<>(statement.parameters().size());
        for (Column column : statement.parameters()) {
            values.add(value(column, row));
        }
        return new PlannedRow(statement, values, mustHit(request, version));
    }

    private static RowShape.Kind kind(WriteRequest request) {
        return switch (request.action()) {
            case UPSERT ->
                switch (request.onConflict()) {
                    case OVERWRITE -> RowShape.Kind.UPSERT;
                    case KEEP -> RowShape.Kind.INSERT_WHERE_ABSENT;
                    case FAIL -> request.versionColumn() == null ? RowShape.Kind.INSERT : RowShape.Kind.UPSERT;
                };
            case INSERT ->
                request.onConflict() == OnConflict.KEEP ? RowShape.Kind.INSERT_WHERE_ABSENT : RowShape.Kind.INSERT;
            case UPDATE -> RowShape.Kind.UPDATE;
            case DELETE -> RowShape.Kind.DELETE;
            case TRUNCATE -> throw new IllegalArgumentException("A truncate has no rows");
        };
    }

    private static boolean mustHit(WriteRequest request, @Nullable String version) {
        if (version == null) {
            return false;
        }
        return request.action() == Action.UPDATE
                ? request.onConflict() != OnConflict.KEEP
                : request.onConflict() == OnConflict.FAIL;
    }

    private void requireKey(List<String> key, Map<String, ? extends @Nullable Object> row, Action action) {
        if (key.isEmpty()) {
            throw refused("has no primary key: name the columns that identify a row (key=…), or insert");
        }
        for (String name : key) {
            if (row.get(name) == null) {
                column(name);
                throw refused("needs a value for key column '" + name + "' to find the row"
                        + (action == Action.UPSERT ? "; where the database makes it, insert (operation=insert)" : ""));
            }
        }
    }

    /** The column to check, null for none. */
    private @Nullable String version(WriteRequest request, Map<String, ? extends @Nullable Object> row) {
        String version = request.versionColumn();
        if (version == null || request.action() == Action.INSERT) {
            return null;
        }
        if (row.get(column(version).name()) == null) {
            // A delete may know no more than the key.
            if (request.action() == Action.DELETE) {
                return null;
            }
            throw refused("needs a value for version column '" + version + "'");
        }
        return version;
    }

    private BitSet given(Map<String, ? extends @Nullable Object> row) {
        BitSet given = new BitSet(columns.size());
        int position = 0;
        int known = 0;
        for (String name : columns.keySet()) {
            if (row.containsKey(name)) {
                given.set(position);
                known++;
            }
            position++;
        }
        if (known < row.size()) {
            row.keySet().forEach(this::column);
        }
        return given;
    }

    private RowShape shape(Form form, Map<String, ? extends @Nullable Object> row) {
        List<Column> written = new ArrayList<>();
        boolean update = form.kind() == RowShape.Kind.UPDATE;
        for (Column column : columns.values()) {
            boolean identifies =
                    form.key().contains(column.name()) || column.name().equals(form.version());
            if (row.containsKey(column.name()) && !column.generated() && !(update && identifies)) {
                written.add(column);
            }
        }
        if (form.kind() == RowShape.Kind.DELETE) {
            written.clear();
        } else if (written.isEmpty() && form.version() == null) {
            throw refused("has nothing to write: the row holds " + (row.isEmpty() ? "no column" : "only its key"));
        }
        return new RowShape(
                table,
                form.kind(),
                written,
                form.key().stream().map(this::column).toList(),
                form.version() == null ? null : column(form.version()),
                form.returning() ? table.columns() : List.of());
    }

    private static @Nullable Object value(Column column, Map<String, ? extends @Nullable Object> row) {
        Object value = row.get(column.name());
        if (column.type() != ColumnType.JSON || value == null) {
            return value;
        }
        boolean jsonText = value instanceof String text && !(row instanceof Row) && isObjectOrArray(text);
        return jsonText ? value : RowJson.writeValue(value);
    }

    private static boolean isObjectOrArray(String text) {
        String stripped = text.stripLeading();
        if (!stripped.startsWith("{") && !stripped.startsWith("[")) {
            return false;
        }
        try {
            RowJson.readValue(stripped);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private DatabaseException refused(String reason) {
        return new DatabaseException(Kind.INVALID_STATEMENT, "Table " + table.name() + " " + reason, null);
    }
}
