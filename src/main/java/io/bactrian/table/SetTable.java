package io.bactrian.table;

import io.bactrian.change.JsonMembers;
import io.bactrian.change.RowType;
import io.bactrian.database.Column;
import io.bactrian.database.RowShape;
import io.bactrian.database.SetWrites;
import io.bactrian.database.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The statements that write many rows of one table, made once for each form in which rows come. Thread-safe. */
final class SetTable {
    private static final int MOST_FORMS = 200;

    /** Rows of these members, captured with these types; no statement where each has to be looked at. */
    private record Form(
            JsonMembers members, RowType captured, @Nullable String statement) {
        boolean is(String json, RowType type) {
            return captured.equals(type) && members.are(json);
        }
    }

    private final Table table;
    private final SetWrites sets;
    private final List<Column> key;
    private final boolean keysApart;
    private final Map<List<String>, Form> upserts = new ConcurrentHashMap<>();
    private volatile @Nullable Form upsert;
    private volatile @Nullable Form delete;

    SetTable(Table table, SetWrites sets) {
        this.table = table;
        this.sets = sets;
        this.key = table.key().stream()
                .flatMap(name -> table.column(name).stream())
                .toList();
        this.keysApart = sets.tellsKeysApart(key);
    }

    Table table() {
        return table;
    }

    /** Whether keys of different text are different rows. */
    boolean tellsKeysApart() {
        return keysApart;
    }

    /** The statement for a row like this one; null where there is none. */
    @Nullable
    String upsert(String json, RowType captured) {
        Form last = upsert;
        if (last == null || !last.is(json, captured)) {
            JsonMembers members = JsonMembers.of(json);
            if (members == null || key.isEmpty()) {
                return null;
            }
            last = upserts.get(members.names());
            if (last == null || !last.is(json, captured)) {
                last = new Form(members, captured, upsert(members.names(), captured));
                if (upserts.size() >= MOST_FORMS) {
                    upserts.clear();
                }
                upserts.put(members.names(), last);
            }
            upsert = last;
        }
        return last.statement();
    }

    /** The statement for keys like this one; null where it isn't this table's key. */
    @Nullable
    String delete(String keyJson, RowType captured) {
        Form last = delete;
        if (last == null || !last.is(keyJson, captured)) {
            JsonMembers members = JsonMembers.of(keyJson);
            if (members == null || key.isEmpty()) {
                return null;
            }
            last = new Form(members, captured, delete(members.names(), captured));
            delete = last;
        }
        return last.statement();
    }

    /** The statement that gives rows another key. */
    String move() {
        return sets.move(shape(RowShape.Kind.UPDATE, List.of()));
    }

    private @Nullable String upsert(List<String> names, RowType captured) {
        List<Column> written = new ArrayList<>();
        for (String name : names) {
            Optional<Column> column = table.column(name);
            if (column.isEmpty() || written.contains(column.get())) {
                return null;
            }
            if (!column.get().generated()) {
                written.add(column.get());
            }
        }
        return written.containsAll(key) && taken(written, captured)
                ? sets.upsert(shape(RowShape.Kind.UPSERT, written))
                : null;
    }

    private @Nullable String delete(List<String> names, RowType captured) {
        boolean ours = names.size() == key.size() && new HashSet<>(names).equals(new HashSet<>(table.key()));
        return ours && taken(key, captured) ? sets.delete(shape(RowShape.Kind.DELETE, List.of())) : null;
    }

    private boolean taken(List<Column> columns, RowType captured) {
        return columns.stream().allMatch(column -> sets.takes(column, captured.typeOf(column.name())));
    }

    private RowShape shape(RowShape.Kind kind, List<Column> written) {
        return new RowShape(table, kind, written, key, null, List.of());
    }
}
