package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSettings;
import io.bactrian.store.Store;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A store, a journal and the subscriptions on them, in a directory; the test is the collector. */
final class Platform implements AutoCloseable {
    /** Hands what failed back soon. */
    static final RetryPolicy SOON = new RetryPolicy(2, 3, Duration.ofMillis(20), 1.5, Duration.ofMillis(100), 0.2);
    /** Hands what failed back when the test is long over. */
    static final RetryPolicy LATE = new RetryPolicy(1, 10, Duration.ofMinutes(5), 2, Duration.ofHours(1), 0);

    final Path directory;
    final Clock clock;
    Store store;
    Journal journal;
    Subscriptions subscriptions;
    private long seq;

    Platform(Path directory) {
        this(directory, Clock.systemUTC());
    }

    Platform(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
        this.store = Store.open(directory);
        this.journal = openJournal(JournalSettings.of(Duration.ofDays(7), 1L << 30));
        this.subscriptions = new Subscriptions(store, Map.of("main", journal), clock);
    }

    private Journal openJournal(JournalSettings settings) {
        return Journal.open(directory, "main", settings, table -> RowType.UNKNOWN, clock);
    }

    /** Opens the journal anew, with other limits. */
    void journal(JournalSettings settings) {
        subscriptions.close();
        journal.close();
        journal = openJournal(settings);
        subscriptions = new Subscriptions(store, Map.of("main", journal), clock);
    }

    /** Ends the subscriptions as a crash would and starts them again on what is on disk. */
    void crash() {
        subscriptions.kill();
        subscriptions = new Subscriptions(store, Map.of("main", journal), clock);
    }

    /** Ends the subscriptions in order and starts them again. */
    void restart() {
        subscriptions.close();
        subscriptions = new Subscriptions(store, Map.of("main", journal), clock);
    }

    List<Change> append(List<Entry> entries) {
        return journal.append(entries, Bookmark.clean(1, seq, "token"));
    }

    /** An update of a row of {@code orders} for each of the keys. */
    List<Change> update(int... keys) {
        List<Entry> entries = new ArrayList<>();
        for (int key : keys) {
            entries.add(entry(Operation.UPDATE, "orders", key(key), null));
        }
        return append(entries);
    }

    Entry entry(Operation operation, String table, String key, @Nullable String keyBefore) {
        return entry(operation, table, key, keyBefore, List.of());
    }

    Entry entry(Operation operation, String table, String key, @Nullable String keyBefore, List<String> origin) {
        long next = ++seq;
        return new Entry(
                next,
                table,
                operation,
                key,
                keyBefore,
                operation == Operation.UPDATE || operation == Operation.DELETE ? row(next - 1) : null,
                operation == Operation.DELETE || operation == Operation.TRUNCATE ? null : row(next),
                "t" + next,
                origin,
                Instant.ofEpochSecond(1_700_000_000L + next));
    }

    static String key(int id) {
        return "{\"id\":" + id + "}";
    }

    private static String row(long version) {
        return "{\"version\":" + version + ",\"text\":\"some text\"}";
    }

    static Settings settings(String name) {
        return new Settings(name);
    }

    @Override
    public void close() {
        subscriptions.close();
        journal.close();
        store.close();
    }

    /** Settings with the contract's defaults, from the earliest change, and what a test alters of them. */
    static final class Settings {
        private final String name;
        private Set<String> tables = Set.of("*");
        private Set<Operation> operations = Set.of(Operation.INSERT, Operation.UPDATE, Operation.DELETE);
        private Set<String> columns = Set.of();
        private @Nullable String origin;
        private boolean echo;
        private StartFrom from = StartFrom.EARLIEST;
        private Ordering ordering = Ordering.KEY;
        private int lanes = 8;
        private int batch = 1;
        private RetryPolicy retry = SOON;
        private int parkMax = 10_000;
        private OnDead onDead = OnDead.KEEP;

        private Settings(String name) {
            this.name = name;
        }

        Settings tables(String... names) {
            tables = Set.of(names);
            return this;
        }

        Settings operations(Operation... told) {
            operations = Set.of(told);
            return this;
        }

        Settings columns(String... names) {
            columns = Set.of(names);
            return this;
        }

        Settings origin(String party, boolean told) {
            origin = party;
            echo = told;
            return this;
        }

        Settings from(String text) {
            from = new StartFrom(text);
            return this;
        }

        Settings ordering(Ordering kept) {
            ordering = kept;
            return this;
        }

        Settings lanes(int count) {
            lanes = count;
            return this;
        }

        Settings batch(int size) {
            batch = size;
            return this;
        }

        Settings retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        Settings parkMax(int most) {
            parkMax = most;
            return this;
        }

        Settings onDead(OnDead what) {
            onDead = what;
            return this;
        }

        SubscriptionSettings build() {
            return new SubscriptionSettings(
                    name,
                    "main",
                    tables,
                    operations,
                    columns,
                    origin,
                    echo,
                    from,
                    ordering,
                    lanes,
                    batch,
                    retry,
                    parkMax,
                    onDead);
        }
    }
}
