package io.bactrian.database;

import java.sql.SQLException;

/** Says which column can't hold a value, and why. */
public final class RefusedValue {
    private static final int SHOWN = 60;

    private RefusedValue() {}

    /** @param why what the column takes, or what is wrong with the value */
    public static DatabaseException of(Column column, Object value, String why) {
        String text = value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        return new DatabaseException(
                DatabaseException.Kind.INVALID_VALUE, named(column) + " can't hold '" + shown + "': " + why, null);
    }

    /** @param refusal what the database said, in its first line */
    public static DatabaseException of(Column column, SQLException refusal) {
        String why = String.valueOf(refusal.getMessage()).lines().findFirst().orElse("");
        return new DatabaseException(
                DatabaseException.Kind.INVALID_VALUE, named(column) + " can't hold the value: " + why, refusal);
    }

    private static String named(Column column) {
        return "Column '" + column.name() + "'" + (column.sqlType().isEmpty() ? "" : " (" + column.sqlType() + ")");
    }
}
