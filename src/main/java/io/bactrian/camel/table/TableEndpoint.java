package io.bactrian.camel.table;

import io.bactrian.camel.JoiningEndpoint;
import io.bactrian.camel.Rooms;
import io.bactrian.database.Database;
import io.bactrian.table.TableReader;
import io.bactrian.table.TableWriter;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.OnConflict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Write rows of a database table: on behalf of a party, so that it isn't told its own writes, and once, however often
 * the same message comes.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "table",
        title = "Bactrian Table",
        syntax = "table:table",
        producerOnly = true,
        category = {Category.DATABASE},
        headersClass = io.bactrian.camel.BactrianHeaders.class)
public final class TableEndpoint extends DefaultEndpoint implements JoiningEndpoint {
    private static final String OPERATIONS = "auto,upsert,insert,update,delete,read,truncate";
    private static final String ON_CONFLICT = "overwrite,keep,fail";

    @UriPath(description = "The table; an asterisk for the one that the change names.")
    @Metadata(required = true)
    private String table = "";

    @UriParam(description = "The database it is in.", defaultValue = "main")
    private String database = "main";

    @UriParam(
            description = "What to do; auto does what the change did, and upserts what is no change.",
            enums = OPERATIONS,
            defaultValue = "auto")
    private String operation = "auto";

    @UriParam(
            description =
                    "The columns that say which row, separated by commas; by default the primary key. An upsert needs a"
                            + " unique index on them.")
    private @Nullable String key;

    @UriParam(description = "The party that writes, which isn't told of it; by default the route's id.")
    private @Nullable String origin;

    @UriParam(
            name = "id",
            description = "An expression (simple language) for what names the message, so that it is applied once; by"
                    + " default the id that came with it. Without an id a message that comes twice is written twice.")
    private @Nullable String idExpression;

    @UriParam(
            description = "The column with the row's version: an upsert overwrites only a lower one, an update only"
                    + " exactly the one that it names.")
    private @Nullable String version;

    @UriParam(
            description = "What to do where the row is there already, or its version moved on.",
            enums = ON_CONFLICT,
            defaultValue = "overwrite")
    private String onConflict = "overwrite";

    @UriParam(description = "Whether the row as it is afterwards becomes the body.", defaultValue = "false")
    private boolean returning;

    TableEndpoint(String uri, TableComponent component) {
        super(uri, component);
    }

    /**
     * Finds what is wrong with the options before a route starts.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    void check() {
        Rooms.of(getCamelContext()).database(database);
        oneOf("operation", operation, OPERATIONS);
        oneOf("onConflict", onConflict, ON_CONFLICT);
        String party = origin;
        if (party != null && (party.isBlank() || party.contains(","))) {
            throw wrong("origin", party, "a party's name is not blank and holds no comma");
        }
        String expression = idExpression;
        if (expression != null && !expression.contains("${")) {
            throw wrong(
                    "id",
                    expression,
                    "every message would have this id; use an expression, such as" + " ${header.orderNumber}");
        }
        if (key != null && keyColumns().isEmpty()) {
            throw wrong("key", key, "name the columns, separated by commas");
        }
    }

    private void oneOf(String option, String value, String allowed) {
        if (!List.of(allowed.split(",")).contains(value.toLowerCase(Locale.ROOT))) {
            throw wrong(option, value, "use " + allowed.replace(",", ", "));
        }
    }

    private IllegalArgumentException wrong(String option, @Nullable String value, String reason) {
        return new IllegalArgumentException("table:" + table + "?" + option + "=" + value + ": " + reason);
    }

    @Override
    public Producer createProducer() {
        return reads() ? new TableReadProducer(this) : new TableProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "table: can only be written to (to); hear of a table's changes with changes:" + table);
    }

    @Override
    public boolean isSingleton() {
        return true;
    }

    boolean reads() {
        return operation.equalsIgnoreCase("read");
    }

    /** What to do; empty for what the change did. */
    Optional<Action> action() {
        return operation.equalsIgnoreCase("auto")
                ? Optional.empty()
                : Optional.of(Action.valueOf(operation.toUpperCase(Locale.ROOT)));
    }

    /** Whether it does what each change did, by the primary key, and nothing besides. */
    boolean onlyRepeats() {
        return action().isEmpty()
                && keyColumns().isEmpty()
                && version == null
                && conflictRule() == OnConflict.OVERWRITE
                && !returning;
    }

    OnConflict conflictRule() {
        return OnConflict.valueOf(onConflict.toUpperCase(Locale.ROOT));
    }

    /** The named key columns; empty for the primary key. */
    List<String> keyColumns() {
        String columns = key;
        return columns == null
                ? List.of()
                : Arrays.stream(columns.split(","))
                        .map(String::strip)
                        .filter(column -> !column.isEmpty())
                        .toList();
    }

    @Override
    public Database theDatabase() {
        return Rooms.of(getCamelContext()).database(database);
    }

    TableWriter writer() {
        return ((TableComponent) getComponent()).writer(database);
    }

    TableReader reader() {
        return ((TableComponent) getComponent()).reader(database);
    }

    public String getTable() {
        return table;
    }

    public void setTable(String table) {
        this.table = table;
    }

    public String getDatabase() {
        return database;
    }

    public void setDatabase(String database) {
        this.database = database;
    }

    public String getOperation() {
        return operation;
    }

    public void setOperation(String operation) {
        this.operation = operation;
    }

    public @Nullable String getKey() {
        return key;
    }

    public void setKey(@Nullable String key) {
        this.key = key;
    }

    public @Nullable String getOrigin() {
        return origin;
    }

    public void setOrigin(@Nullable String origin) {
        this.origin = origin;
    }

    @Nullable
    String idExpression() {
        return idExpression;
    }

    /** Has no getter of this name: Camel's own names the endpoint. */
    public void setId(@Nullable String expression) {
        this.idExpression = expression;
    }

    public @Nullable String getVersion() {
        return version;
    }

    public void setVersion(@Nullable String version) {
        this.version = version;
    }

    public String getOnConflict() {
        return onConflict;
    }

    public void setOnConflict(String onConflict) {
        this.onConflict = onConflict;
    }

    public boolean isReturning() {
        return returning;
    }

    public void setReturning(boolean returning) {
        this.returning = returning;
    }
}
