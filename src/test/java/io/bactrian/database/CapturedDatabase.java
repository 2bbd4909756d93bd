package io.bactrian.database;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.change.Row;
import io.bactrian.change.RowType;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/** A database under test: its tables are captured one by one, and what was recorded is read as sentences. */
final class CapturedDatabase implements AutoCloseable {
    final Database database;

    CapturedDatabase(DatabaseSettings settings) {
        database = Database.open(settings);
    }

    /** Makes a table by this statement and captures it; gives the warnings. */
    List<String> capture(String table, String ddl) {
        execute(ddl);
        return capture(table);
    }

    List<String> capture(String table) {
        return captureWithout(table);
    }

    List<String> captureWithout(String table, String... columns) {
        return new Capture(
                        database, new CaptureSettings(List.of(table), List.of(columns), CaptureSettings.Install.AUTO))
                .install(List.of(table))
                .warnings();
    }

    void execute(String sql) {
        database.transaction(List.of(), c -> DatabaseContract.update(c, sql));
    }

    String ours(String name) {
        return database.dialect().triggers().ours(name);
    }

    String quoted(String name) {
        return database.dialect().quoted(name);
    }

    /** What was recorded of a table: operation, key, row before, row after. */
    List<String> changes(String table) {
        RowType type = database.catalog().find(table).orElseThrow().rowType();
        return rows(
                table,
                row -> row.getString("operation") + " " + Row.ofJson(row.getString("key"), type) + " "
                        + row(row.getString("old"), type) + " -> " + row(row.getString("new"), type));
    }

    /** What was recorded of a table: operation and key. */
    List<String> operations(String table) {
        return rows(table, row -> row.getString("operation") + " " + Row.ofJson(row.getString("key"), RowType.UNKNOWN));
    }

    List<String> operationsWithOrigin(String table) {
        return rows(
                table,
                row -> row.getString("operation") + " " + Row.ofJson(row.getString("key"), RowType.UNKNOWN) + " by "
                        + row.getString("origin"));
    }

    /** What was recorded of all tables: table, operation and key. */
    List<String> operations() {
        return rows(
                null,
                row -> row.getString("table") + " " + row.getString("operation") + " "
                        + Row.ofJson(row.getString("key"), RowType.UNKNOWN));
    }

    /** The rows after, as they were recorded. */
    List<Row> after(String table) {
        RowType type = database.catalog().find(table).orElseThrow().rowType();
        return rows(table, row -> Row.ofJson(row.getString("new"), type));
    }

    void forget() {
        execute("DELETE FROM " + ours("change"));
    }

    List<String> texts(String sql) {
        return database.read(c -> {
            List<String> texts = new ArrayList<>();
            try (var statement = c.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
            return texts;
        });
    }

    double number(String sql) {
        return Double.parseDouble(texts(sql).get(0));
    }

    @Override
    public void close() {
        database.close();
    }

    private static String row(@org.jspecify.annotations.Nullable String json, RowType type) {
        return json == null ? "null" : Row.ofJson(json, type).toString();
    }

    private interface Reading<T> {
        T of(ResultSet row) throws java.sql.SQLException;
    }

    private <T> List<T> rows(@org.jspecify.annotations.Nullable String table, Reading<T> reading) {
        return database.read(c -> {
            List<T> all = new ArrayList<>();
            String where = table == null ? "" : " WHERE \"table\" = ?";
            try (var statement = c.prepareStatement("SELECT * FROM " + ours("change") + where + " ORDER BY seq")) {
                if (table != null) {
                    statement.setString(1, table);
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        all.add(reading.of(row));
                    }
                }
            }
            return all;
        });
    }
}
