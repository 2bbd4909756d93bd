package io.bactrian.database.postgresql;

import io.bactrian.database.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What someone who captures should know before. */
final class PostgresqlWarnings {
    private static final String DEFERRABLE = """
            SELECT conname FROM pg_constraint
            WHERE conrelid = ?::regclass AND contype IN ('p', 'u') AND condeferrable ORDER BY conname
            """;

    /** FOR EACH ROW (bit 1), not BEFORE (bit 2), and before ours in byte order. */
    private static final String EARLIER = """
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = ?::regclass AND NOT tgisinternal AND tgtype & 3 = 1 AND tgname COLLATE "C" < '!bactrian_row'
            ORDER BY tgname
            """;

    private static final String PARTITIONED = "SELECT relname FROM pg_class WHERE oid = ?::regclass AND relkind = 'p'";

    private static final String PREPARED =
            "SELECT current_setting('max_prepared_transactions') WHERE NOT (" + PostgresqlTriggers.NOTIFIES + ")";

    private PostgresqlWarnings() {}

    static List<String> ofDatabase(Connection connection) throws SQLException {
        List<String> warnings = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PREPARED)) {
            if (row.next()) {
                warnings.add("max_prepared_transactions is " + row.getString(1)
                        + ": triggers don't NOTIFY, for it would make"
                        + " PREPARE TRANSACTION fail, and changes are found by polling. If nobody prepares transactions"
                        + " here: ALTER DATABASE … SET bactrian.notify = 'on'");
            }
        }
        return warnings;
    }

    static List<String> ofTable(Connection connection, Table table) throws SQLException {
        List<String> warnings = new ArrayList<>();
        if (table.key().isEmpty()) {
            warnings.add(table.name() + " has no primary key: it is captured, but its changes have no order among"
                    + " themselves and can't be applied to another table");
        }
        for (String constraint : names(connection, DEFERRABLE, table)) {
            warnings.add(table.name() + ": the key " + constraint + " is deferrable: within one transaction a row's"
                    + " insert can be recorded before the delete of the row whose key it takes");
        }
        for (String trigger : names(connection, EARLIER, table)) {
            warnings.add(
                    table.name() + ": the trigger \"" + trigger + "\" fires before ours: what it writes to the same"
                            + " row is recorded before the write that caused it; give it a name that begins with a letter");
        }
        if (!names(connection, PARTITIONED, table).isEmpty()) {
            warnings.add(table.name() + " is partitioned: TRUNCATE of a single partition isn't seen");
        }
        return warnings;
    }

    private static List<String> names(Connection connection, String sql, Table table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, table.sqlName());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        return names;
    }
}
