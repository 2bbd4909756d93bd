package io.bactrian.database;

/** Says which value a column can't hold, and why. */
public final class RefusedValue {
    private static final int SHOWN = 60;

    private RefusedValue() {}

    /** @param why what the column takes, or what is wrong with the value */
    public static DatabaseException of(Column column, Object value, String why) {
        String text = value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        String type = column.sqlType().isEmpty() ? "" : " (" + column.sqlType() + ")";
        return new DatabaseException(
                DatabaseException.Kind.INVALID_VALUE,
                "Column '" + column.name() + "'" + type + " can't hold '" + shown + "': " + why,
                null);
    }
}
