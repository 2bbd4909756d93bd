package io.bactrian.database;

import io.bactrian.change.RowType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database's tables, columns and keys, read at first use and kept. A table that isn't known makes it look again, at
 * most once a second, so that a new table is found without a restart. Thread-safe.
 */
public final class Catalog {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Asking a database that can't be reached takes seconds, and who only reads the journal must not wait for it. */
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Known(List<Table> tables, Map<String, Table> byName, Map<String, RowType> rowTypes) {}

    private final Supplier<List<Table>> source;
    private volatile @Nullable Known known;
    private volatile long nextLook = System.nanoTime();

    Catalog(Supplier<List<Table>> source) {
        this.source = source;
    }

    /**
     * All user tables, without ours.
     *
     * @throws DatabaseException where they aren't known yet and the database can't be asked
     */
    public List<Table> tables() {
        return known().tables();
    }

    /**
     * The table of this name, as {@link Table#name()} has it.
     *
     * @throws DatabaseException where it isn't known yet and the database can't be asked
     */
    public Optional<Table> find(String name) {
        Table table = known().byName().get(name);
        if (table == null) {
            lookAgain();
            table = known().byName().get(name);
        }
        return Optional.ofNullable(table);
    }

    /** How the table's rows are read; {@link RowType#UNKNOWN} where the database can't be asked or has no such table. */
    public RowType rowType(String table) {
        Known now = known;
        RowType type = now == null ? null : now.rowTypes().get(table);
        if (type == null) {
            try {
                lookAgain();
            } catch (DatabaseException e) {
                // The caller reads changes that were captured long ago: it must go on without the database.
                return RowType.UNKNOWN;
            }
            now = known;
            type = now == null ? null : now.rowTypes().get(table);
        }
        return type == null ? RowType.UNKNOWN : type;
    }

    /**
     * Reads the tables anew; where that fails, what was known stays.
     *
     * @throws DatabaseException where the database can't be asked
     */
    public synchronized void refresh() {
        nextLook = System.nanoTime() + AFTER_FAILURE_NANOS;
        List<Table> tables = List.copyOf(source.get());
        Map<String, Table> byName = new LinkedHashMap<>();
        Map<String, RowType> rowTypes = new HashMap<>();
        for (Table table : tables) {
            byName.put(table.name(), table);
            rowTypes.put(table.name(), table.rowType());
        }
        known = new Known(tables, byName, rowTypes);
        nextLook = System.nanoTime() + LOOK_AGAIN_NANOS;
    }

    private Known known() {
        Known now = known;
        if (now == null) {
            synchronized (this) {
                if (known == null) {
                    refresh();
                }
                now = known;
            }
        }
        return Objects.requireNonNull(now);
    }

    private void lookAgain() {
        if (isTimeToLook()) {
            synchronized (this) {
                if (isTimeToLook()) {
                    refresh();
                }
            }
        }
    }

    private boolean isTimeToLook() {
        return System.nanoTime() - nextLook >= 0;
    }
}
