package io.bactrian.camel;

/** Names of the headers that a change travels with. Headers of these names that come from outside are dropped. */
public final class BactrianHeaders {
    /** The change's id, {@code database-epoch-seq}. */
    public static final String ID = "BactrianId";

    public static final String DATABASE = "BactrianDatabase";
    public static final String TABLE = "BactrianTable";

    /** The operation's lower-case word, such as {@code update}. */
    public static final String OPERATION = "BactrianOperation";

    /** The key's columns and values, a map. */
    public static final String KEY = "BactrianKey";

    /** The key before, a map; only where the change altered the key. */
    public static final String KEY_BEFORE = "BactrianKeyBefore";

    /** The row before, a map; only where there was one. */
    public static final String BEFORE = "BactrianBefore";

    /** Where the change stands in its database's journal, a {@link Long}. */
    public static final String POSITION = "BactrianPosition";

    public static final String TRANSACTION = "BactrianTransaction";

    /** The parties on whose behalf the write was made, a list of strings. */
    public static final String ORIGIN = "BactrianOrigin";

    /** The database's clock when the row was written, an {@link java.time.Instant}. */
    public static final String TIME = "BactrianTime";

    /** 1 for the first try, an {@link Integer}. */
    public static final String ATTEMPT = "BactrianAttempt";

    /** The id of an inbound message, as its sender or broker named it. */
    public static final String MESSAGE_ID = "BactrianMessageId";

    private BactrianHeaders() {}
}
