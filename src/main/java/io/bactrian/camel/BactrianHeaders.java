package io.bactrian.camel;

import org.apache.camel.spi.Metadata;

/**
 * Names of the headers that a change travels with; the descriptions go into the catalog. Headers of these names that
 * come from outside are dropped.
 */
public final class BactrianHeaders {
    @Metadata(
            label = "consumer",
            description = "The change's id, database-epoch-seq; of a batch the first and the last, joined by a tilde.",
            javaType = "String")
    public static final String ID = "BactrianId";

    @Metadata(label = "consumer", description = "The database's name.", javaType = "String")
    public static final String DATABASE = "BactrianDatabase";

    @Metadata(
            label = "consumer",
            description = "The table as the catalog stores it; absent on a batch of several tables.",
            javaType = "String")
    public static final String TABLE = "BactrianTable";

    @Metadata(
            label = "consumer",
            description = "What happened: insert, update, delete, truncate or snapshot.",
            javaType = "String")
    public static final String OPERATION = "BactrianOperation";

    @Metadata(label = "consumer", description = "The key's columns and values.", javaType = "java.util.Map")
    public static final String KEY = "BactrianKey";

    @Metadata(
            label = "consumer",
            description = "The key before, where the change altered it.",
            javaType = "java.util.Map")
    public static final String KEY_BEFORE = "BactrianKeyBefore";

    @Metadata(label = "consumer", description = "The row before, where there was one.", javaType = "java.util.Map")
    public static final String BEFORE = "BactrianBefore";

    @Metadata(
            label = "consumer",
            description = "Where the change stands in its database's journal; of a batch the last one's.",
            javaType = "Long")
    public static final String POSITION = "BactrianPosition";

    @Metadata(label = "consumer", description = "The database's name for the transaction.", javaType = "String")
    public static final String TRANSACTION = "BactrianTransaction";

    @Metadata(
            label = "consumer",
            description = "The parties on whose behalf the write was made, first the one that made it here.",
            javaType = "java.util.List")
    public static final String ORIGIN = "BactrianOrigin";

    @Metadata(
            label = "consumer",
            description = "The database's clock when the row was written.",
            javaType = "java.time.Instant")
    public static final String TIME = "BactrianTime";

    @Metadata(label = "consumer", description = "1 for the first try.", javaType = "Integer")
    public static final String ATTEMPT = "BactrianAttempt";

    @Metadata(
            label = "common",
            description = "The id of an inbound message, as its sender or broker named it.",
            javaType = "String")
    public static final String MESSAGE_ID = "BactrianMessageId";

    private BactrianHeaders() {}

    /**
     * Whether a header steers the platform or Camel: such a one is never taken from outside, nor told there, whatever its
     * case.
     */
    public static boolean steers(String name) {
        return name.regionMatches(true, 0, "Bactrian", 0, 8) || name.regionMatches(true, 0, "Camel", 0, 5);
    }
}
