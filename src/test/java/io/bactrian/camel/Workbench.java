package io.bactrian.camel;

import io.bactrian.camel.kafka.PlatformKafka;
import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.hook.InboundHooks;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSettings;
import io.bactrian.store.Store;
import io.bactrian.subscription.Subscriptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.camel.Component;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A running context over a real store, journal and SQLite file; the test is the collector. */
public final class Workbench implements AutoCloseable {
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123456Z");

    private final Store store;
    private final Journal journal;
    private final Database database;
    public final Subscriptions subscriptions;
    public final CamelPlatform platform;
    private long seq;

    public Workbench(Path directory, Map<String, String> properties) {
        this(directory, properties, Map.of());
    }

    public Workbench(Path directory, Map<String, String> properties, Map<String, ? extends Component> components) {
        this(
                directory,
                new DatabaseSettings("main", "jdbc:sqlite:" + directory.resolve("main.db"), null, null, 4),
                properties,
                components);
    }

    /** @param main the only database */
    public Workbench(
            Path directory,
            DatabaseSettings main,
            Map<String, String> properties,
            Map<String, ? extends Component> components) {
        Clock clock = Clock.systemUTC();
        store = Store.open(directory.resolve("data"));
        journal = Journal.open(
                directory.resolve("data"),
                "main",
                JournalSettings.of(Duration.ofDays(7), 1L << 30),
                table -> RowType.UNKNOWN,
                clock);
        seq = journal.bookmark().map(Bookmark::seq).orElse(0L);
        subscriptions = new Subscriptions(store, Map.of("main", journal), clock);
        database = Database.open(main);
        Map<String, Component> all = new HashMap<>(Map.of("kafka", new PlatformKafka()));
        all.putAll(components);
        platform = CamelPlatform.create(
                new Rooms(Map.of("main", database), subscriptions, new InboundHooks(), clock), properties, all);
        platform.start();
    }

    public ModelCamelContext context() {
        return platform.context();
    }

    public Database database() {
        return database;
    }

    public Map<String, Journal> journals() {
        return Map.of("main", journal);
    }

    /** Loads what would be a route file of this name. */
    public void load(String file, String text) throws Exception {
        PluginHelper.getRoutesLoader(context()).loadRoutes(ResourceHelper.fromString(file, text));
    }

    /** Collects these, as one page. */
    public List<Change> collect(Entry... entries) {
        return journal.append(Arrays.asList(entries), Bookmark.clean(1, seq, "token"));
    }

    /** Collects an insert into orders for each id, as one page. */
    public List<Change> collectOrders(long... ids) {
        return collect(LongStream.of(ids).mapToObj(this::order).toArray(Entry[]::new));
    }

    public Entry order(long id) {
        return new Entry(
                ++seq,
                "orders",
                Operation.INSERT,
                "{\"id\":" + id + "}",
                null,
                null,
                "{\"id\":" + id + ",\"status\":\"new\"}",
                "t1",
                List.of(),
                TIME);
    }

    /** An update that moves an order to another id, written for crm. */
    public Entry moved(long from, long to) {
        return new Entry(
                ++seq,
                "orders",
                Operation.UPDATE,
                "{\"id\":" + to + "}",
                "{\"id\":" + from + "}",
                "{\"id\":" + from + ",\"status\":\"new\"}",
                "{\"id\":" + to + ",\"status\":\"paid\"}",
                "t2",
                List.of("crm"),
                TIME);
    }

    @Override
    public void close() {
        platform.close();
        subscriptions.close();
        journal.close();
        database.close();
        store.close();
    }
}
