package io.bactrian.camel.changes;

import io.bactrian.camel.Rooms;
import io.bactrian.change.Operation;
import io.bactrian.subscription.SubscriptionSettings;
import java.util.Set;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Hear of the rows that change in a database ({@code changes:}), or of what its code emits ({@code events:}): everything
 * committed, in order per key, until the route is done with it.
 *
 * <p>Several routes may consume the same URI: each is a subscription of its own, named by its route id.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "changes,events",
        title = "Bactrian Changes,Bactrian Events",
        syntax = "changes:tables",
        consumerOnly = true,
        category = {Category.DATABASE, Category.MESSAGING},
        headersClass = io.bactrian.camel.BactrianHeaders.class)
public final class ChangesEndpoint extends DefaultEndpoint implements MultipleConsumersSupport {
    @UriPath(
            description =
                    "The tables, or the names of the events, to hear of, separated by commas; an asterisk for all.")
    @Metadata(required = true)
    private String tables = "";

    @UriParam(description = "The database they are in.", defaultValue = "main")
    private String database = "main";

    @UriParam(description = "The durable name of the subscription; by default the route's id.")
    private @Nullable String subscription;

    @UriParam
    private ChangesOptions options = new ChangesOptions();

    private final boolean events;

    /** @param events whether it hears of what is emitted, not of rows */
    ChangesEndpoint(String uri, Component component, boolean events) {
        super(uri, component);
        this.events = events;
    }

    /**
     * Finds what is wrong with the options before a route starts.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    void check() {
        if (tables.replace(",", "").isBlank()) {
            throw new IllegalArgumentException(
                    events
                            ? "events: names no event: use events:low-stock, events:low-stock,sold-out or events:*"
                            : "changes: names no table: use changes:orders, changes:orders,customers or changes:*");
        }
        Rooms.of(getCamelContext()).database(database);
        settings("any");
    }

    /** The subscription's settings, for a route of this id. */
    SubscriptionSettings settings(String routeId) {
        String name = subscription == null ? routeId : subscription;
        return events
                ? options.settings(name, database, tables, Set.of(Operation.EVENT))
                : options.settings(name, database, tables);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        ChangesConsumer consumer = new ChangesConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(
                (events
                        ? "events: can only be consumed (from); database code emits them"
                        : "changes: can only be consumed (from); write to a table with table:" + tables));
    }

    @Override
    public boolean isMultipleConsumersSupported() {
        return true;
    }

    public String getTables() {
        return tables;
    }

    public void setTables(String tables) {
        this.tables = tables;
    }

    public String getDatabase() {
        return database;
    }

    public void setDatabase(String database) {
        this.database = database;
    }

    public @Nullable String getSubscription() {
        return subscription;
    }

    public void setSubscription(@Nullable String subscription) {
        this.subscription = subscription;
    }

    public ChangesOptions getOptions() {
        return options;
    }

    public void setOptions(ChangesOptions options) {
        this.options = options;
    }
}
