package io.bactrian.database.postgresql;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.bactrian.change.ColumnType;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import io.bactrian.database.TriggerDialect.CaptureDdl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes what captures one table: a function made for its columns, since whatever is decided here isn't decided again at
 * each write, and two triggers.
 */
final class PostgresqlCapture {
    /**
     * AFTER triggers fire in the byte order of their names, and ours must be first: a user's trigger that updates the same
     * row would otherwise have its update recorded before the insert. "!" comes before all letters, digits and "_".
     */
    static final String ROW_TRIGGER = "!bactrian_row";

    static final String TRUNCATE_TRIGGER = "!bactrian_truncate";

    /** {@code pg_trigger.tgtype}: FOR EACH ROW, INSERT, DELETE, UPDATE; and TRUNCATE per statement. */
    static final int ROW_TRIGGER_TYPE = 1 + 4 + 8 + 16;

    static final int TRUNCATE_TRIGGER_TYPE = 32;

    /** Only the direct write is stamped: what the user's own triggers write in consequence is news to everyone. */
    private static final String ORIGIN =
            "CASE WHEN pg_trigger_depth() = 1 THEN nullif(current_setting('bactrian.origin', true), '') END";

    /** A SECURITY DEFINER function must not find what its caller put in the way. */
    private static final String SEARCH_PATH = "search_path=pg_catalog, pg_temp";

    /** What wakes the collector, after a row was recorded. */
    static final String WAKE =
            """
            -- The collector holds this lock while it sleeps. NOTIFY would make PREPARE TRANSACTION fail.
                IF NOT pg_try_advisory_xact_lock_shared(%d, %d)
                    AND (%s)
                THEN
                    NOTIFY bactrian;
                END IF;""".formatted(TriggerDialect.WAKE_LOCK_CLASS, TriggerDialect.WAKE_LOCK_OBJECT, PostgresqlTriggers.NOTIFIES);

    private static final int LONGEST_IDENTIFIER = 63;

    private final Table table;
    private final List<Column> columns;
    private final boolean wholeRow;

    PostgresqlCapture(Table table, Set<String> excluded) {
        this.table = table;
        this.columns = table.columns().stream()
                .filter(column -> !column.unseen() && !excluded.contains(column.name()))
                .toList();
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("Table " + table.name() + ": no column is left to capture");
        }
        this.wholeRow = columns.size() == table.columns().size()
                && columns.stream().allMatch(column -> value("NEW", column).equals(field("NEW", column)));
    }

    CaptureDdl ddl() {
        String body = body();
        List<String> settings = settings();
        String function = "bactrian." + quoted(functionName(table.name()));
        String quote = dollarQuote(body);
        StringBuilder create = new StringBuilder("CREATE FUNCTION ")
                .append(function)
                .append("() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n");
        settings.forEach(
                setting -> create.append("SET ").append(assignment(setting)).append('\n'));
        create.append("AS ").append(quote).append(body).append(quote);
        return new CaptureDdl(
                table.name(),
                definition(body, settings, true, List.of(ROW_TRIGGER_TYPE + "O", TRUNCATE_TRIGGER_TYPE + "O")),
                List.of(
                        // A dropped table left it behind; where a renamed one still uses it, this fails, and nothing is
                        // done.
                        "DROP FUNCTION IF EXISTS " + function + "()",
                        create.toString(),
                        "REVOKE ALL ON FUNCTION " + function + "() FROM PUBLIC",
                        "CREATE TRIGGER " + quoted(ROW_TRIGGER) + " AFTER INSERT OR UPDATE OR DELETE ON "
                                + table.sqlName() + "\nFOR EACH ROW EXECUTE FUNCTION " + function + "()",
                        "CREATE TRIGGER " + quoted(TRUNCATE_TRIGGER) + " AFTER TRUNCATE ON " + table.sqlName()
                                + "\nFOR EACH STATEMENT EXECUTE FUNCTION " + function + "()"));
    }

    /** What must be equal where nothing drifted: the same text made from the plan and from the catalog. */
    static String definition(String body, List<String> settings, boolean securityDefiner, List<String> triggers) {
        return "triggers " + triggers + "\nsettings " + settings + "\nsecurity definer " + securityDefiner + "\n"
                + body;
    }

    /** {@code capture_<table>}; a name that would be too long is cut and told apart by a hash of the whole. */
    static String functionName(String table) {
        String name = "capture_" + table;
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= LONGEST_IDENTIFIER) {
            return name;
        }
        String hash = UUID.nameUUIDFromBytes(bytes).toString().substring(0, 8);
        int end = name.length();
        while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER - 9) {
            end--;
        }
        return name.substring(0, end) + "_" + hash;
    }

    private String body() {
        return """

            BEGIN
                IF TG_OP = 'INSERT' THEN
            %s
                ELSIF TG_OP = 'UPDATE' THEN
            %s
                ELSIF TG_OP = 'DELETE' THEN
            %s
                ELSE
                    INSERT INTO bactrian.change ("table", operation, key, origin) VALUES (%s, 't', '{}', %s);
                END IF;
                %s
                RETURN NULL;
            END
            """.formatted(
                        insert("'i'", key("NEW"), false, true),
                        insert(keyIsAltered(), key("NEW"), true, true),
                        insert("'d'", key("OLD"), true, false),
                        literal(table.name()),
                        ORIGIN,
                        WAKE);
    }

    private String insert(String operation, String key, boolean old, boolean next) {
        List<String> names = new ArrayList<>(List.of("\"table\"", "operation", "key"));
        List<String> values = new ArrayList<>(List.of(literal(table.name()), operation, key));
        List<String> rows = new ArrayList<>();
        if (old) {
            names.add("old");
            values.add(wholeRow ? "row_to_json(OLD)" : "row_to_json(o)");
            rows.add(selected("OLD") + " o");
        }
        if (next) {
            names.add("new");
            values.add(wholeRow ? "row_to_json(NEW)" : "row_to_json(n)");
            rows.add(selected("NEW") + " n");
        }
        names.add("origin");
        values.add(ORIGIN);
        String into = "        INSERT INTO bactrian.change (" + String.join(", ", names) + ")\n        ";
        String given = String.join(", ", values);
        return wholeRow
                ? into + "VALUES (" + given + ");"
                : into + "SELECT " + given + "\n        FROM " + String.join(",\n            ", rows) + ";";
    }

    private String selected(String row) {
        List<String> values = new ArrayList<>();
        columns.forEach(column -> values.add(value(row, column) + " AS " + quoted(column.name())));
        return "(SELECT " + String.join(", ", values) + ")";
    }

    /** The key as JSON without blanks; it is built as text, for {@code json_build_object} looks types up at each call. */
    private String key(String row) {
        if (table.key().isEmpty()) {
            return "'{}'";
        }
        List<String> parts = new ArrayList<>();
        String before = "{";
        for (String name : table.key()) {
            Column column = table.column(name).orElseThrow();
            parts.add(literal(before + '"'
                    + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(name)) + "\":"));
            parts.add(
                    column.type() == ColumnType.INTEGER || column.type() == ColumnType.LONG
                            ? field(row, column)
                            : "to_json(" + value(row, column) + ")::text");
            before = ",";
        }
        return "(" + String.join(" || ", parts) + " || '}')::json";
    }

    /** Compared as text where the type's equality is wider than identity: 1.0 and 1.00, or a case-blind collation. */
    private String keyIsAltered() {
        if (table.key().isEmpty()) {
            return "'u'";
        }
        List<String> differs = new ArrayList<>();
        for (String name : table.key()) {
            Column column = table.column(name).orElseThrow();
            String old = field("OLD", column);
            String next = field("NEW", column);
            differs.add(
                    switch (column.type()) {
                        case INTEGER, LONG, UUID, DATE, TIMESTAMP, TIMESTAMP_WITH_ZONE, BOOLEAN, BINARY ->
                            old + " <> " + next;
                        default -> old + "::text COLLATE \"C\" <> " + next + "::text COLLATE \"C\"";
                    });
        }
        return "CASE WHEN " + String.join(" OR ", differs) + " THEN 'k' ELSE 'u' END";
    }

    /** As {@code row_to_json} must get it so that it comes out in the canonical form. */
    private static String value(String row, Column column) {
        String field = field(row, column);
        return switch (column.type()) {
            // encode() breaks lines at 76 characters.
            case BINARY -> "translate(encode(" + field + ", 'base64'), E'\\n', '')";
            // "+01" is not ISO 8601's extended form.
            case TIME_WITH_ZONE -> "regexp_replace(" + field + "::text, '([+-][0-9][0-9])$', E'\\\\1:00')";
            default -> field;
        };
    }

    /**
     * What the columns' text depends on is fixed, and only where it does: each setting costs some time per row. As the
     * catalog has them: {@code name=value}.
     */
    private List<String> settings() {
        Set<String> settings = new LinkedHashSet<>();
        settings.add(SEARCH_PATH);
        for (Column column : columns) {
            switch (column.type()) {
                case TIMESTAMP_WITH_ZONE -> settings.add("TimeZone=UTC");
                case FLOAT, DOUBLE -> settings.add("extra_float_digits=1");
                case OTHER ->
                    settings.addAll(List.of(
                            "TimeZone=UTC",
                            "extra_float_digits=1",
                            "DateStyle=ISO, YMD",
                            "IntervalStyle=iso_8601",
                            "bytea_output=hex"));
                default -> {}
            }
        }
        return List.copyOf(settings);
    }

    private static String assignment(String setting) {
        int equals = setting.indexOf('=');
        String value = setting.substring(equals + 1);
        // search_path is a list of names; the others are one string each.
        return setting.substring(0, equals) + " = " + (setting.equals(SEARCH_PATH) ? value : literal(value));
    }

    private static String field(String row, Column column) {
        return row + "." + quoted(column.name());
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A string literal that means the same whatever {@code standard_conforming_strings} says. */
    static String literal(String text) {
        String escaped = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? "'" + escaped + "'" : "E'" + escaped.replace("\\", "\\\\") + "'";
    }

    private static String dollarQuote(String body) {
        String quote = "$bactrian$";
        for (int i = 1; body.contains(quote); i++) {
            quote = "$bactrian" + i + "$";
        }
        return quote;
    }
}
