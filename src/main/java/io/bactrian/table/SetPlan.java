package io.bactrian.table;

import io.bactrian.change.Change;
import io.bactrian.change.RowType;
import io.bactrian.database.Table;
import io.bactrian.table.WriteRequest.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a batch of changes as few statements as lead to the same rows.
 *
 * <p>Of the changes of one key the last counts, and rows of one table go together: first what is written, tables that are
 * referred to before those that refer to them, then what is deleted, the other way round. Where that could lead
 * elsewhere, what comes before is written first: at TRUNCATE, at a change of a key, where a deleted row comes again (columns
 * that only the target has would survive), where a key's changes carry different columns or were made by different
 * parties, and at a delete that makes the target delete or alter other rows by itself. What may only fail in another
 * order, such as a unique value that goes from one row to another, isn't looked for: then the changes are written one
 * after the other. Not thread-safe.
 */
final class SetPlan {
    /** One statement, stamped with an origin; without rows it takes no parameter. */
    record Step(String statement, List<String> origin, List<String> rows) {}

    /** The last that is known of a row. */
    private record Last(boolean deleted, String statement, String json, List<String> origin) {}

    /** What is written by one statement. */
    private record Group(String statement, List<String> origin) {}

    /** A table's part in what isn't written yet. */
    private static final class Part {
        final SetTable table;
        final Map<String, Last> rows = new LinkedHashMap<>();
        int deleted;

        Part(SetTable table) {
            this.table = table;
        }
    }

    private final Function<String, @Nullable SetTable> tables;
    private final Function<List<Table>, List<String>> truncate;
    private final References references;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Part> parts = new HashMap<>();
    /** Tables to be emptied, in one statement where TRUNCATE follows TRUNCATE: they may refer to each other. */
    private final List<Table> emptied = new ArrayList<>();

    private List<String> emptiedFor = List.of();
    /** Those of the parts that hold rows. */
    private final List<Part> open = new ArrayList<>();

    private SetPlan(
            Function<String, @Nullable SetTable> tables,
            Function<List<Table>, List<String>> truncate,
            References references) {
        this.tables = tables;
        this.truncate = truncate;
        this.references = references;
    }

    /**
     * The statements in order; empty where a change has to be looked at more closely.
     *
     * @param tables by name; null where it isn't known
     * @param truncate the statements that empty tables
     */
    static Optional<List<Step>> of(
            List<RowChange> changes,
            Function<String, @Nullable SetTable> tables,
            Function<List<Table>, List<String>> truncate,
            References references) {
        SetPlan plan = new SetPlan(tables, truncate, references);
        for (RowChange change : changes) {
            if (!plan.add(change)) {
                return Optional.empty();
            }
        }
        plan.flush();
        return Optional.of(plan.steps);
    }

    private boolean add(RowChange asked) {
        Part part = part(asked.table());
        if (part == null) {
            return false;
        }
        Change change = asked.change();
        String before = change.keyBeforeJson();
        if (asked.action() == Action.TRUNCATE) {
            empty(part.table.table(), asked.origin());
            return true;
        }
        if (!emptied.isEmpty()) {
            flush();
        }
        if (asked.action() == Action.DELETE) {
            return delete(part, change.keyJson(), change.rowType(), asked.origin());
        }
        return (before == null || move(part, before, change, asked.origin())) && upsert(part, change, asked.origin());
    }

    /** The row gets its new key, unless a row has it already: then the old one goes, and that is overwritten. */
    private boolean move(Part part, String before, Change change, List<String> origin) {
        if (part.table.delete(before, change.rowType()) == null
                || part.table.delete(change.keyJson(), change.rowType()) == null) {
            return false;
        }
        flush();
        steps.add(new Step(
                part.table.move(), origin, List.of("{\"old\":" + before + ",\"new\":" + change.keyJson() + "}")));
        if (!delete(part, before, change.rowType(), origin)) {
            return false;
        }
        flush();
        return true;
    }

    private void empty(Table table, List<String> origin) {
        if (emptied.isEmpty() || !origin.equals(emptiedFor)) {
            flush();
        }
        emptied.add(table);
        emptiedFor = origin;
    }

    private @Nullable Part part(String name) {
        Part part = parts.get(name);
        if (part == null) {
            SetTable table = tables.apply(name);
            if (table == null) {
                return null;
            }
            part = new Part(table);
            parts.put(name, part);
        }
        return part;
    }

    private boolean upsert(Part part, Change change, List<String> origin) {
        String json = change.afterJson();
        String key = change.keyJson();
        String statement = json == null ? null : part.table.upsert(json, change.rowType());
        if (json == null || statement == null || part.table.delete(key, change.rowType()) == null) {
            return false;
        }
        Last last = part.rows.get(key);
        boolean follows = last == null
                ? part.deleted == 0 || part.table.tellsKeysApart()
                : !last.deleted()
                        && last.statement().equals(statement)
                        && last.origin().equals(origin);
        if (!follows) {
            flush();
        }
        put(part, key, new Last(false, statement, json, origin));
        return true;
    }

    private boolean delete(Part part, String key, RowType captured, List<String> origin) {
        String statement = part.table.delete(key, captured);
        if (statement == null) {
            return false;
        }
        boolean acts = references.acts(part.table.table().sqlName());
        Last last = part.rows.get(key);
        boolean follows = last == null
                ? part.rows.size() == part.deleted || part.table.tellsKeysApart()
                : last.origin().equals(origin) && (last.deleted() || part.table.tellsKeysApart());
        if (acts || !follows) {
            flush();
        }
        put(part, key, new Last(true, statement, key, origin));
        if (acts) {
            flush();
        }
        return true;
    }

    private void put(Part part, String key, Last now) {
        if (part.rows.isEmpty()) {
            open.add(part);
        }
        Last before = part.rows.put(key, now);
        part.deleted += (now.deleted() ? 1 : 0) - (before != null && before.deleted() ? 1 : 0);
    }

    private void flush() {
        if (!emptied.isEmpty()) {
            for (String statement : truncate.apply(List.copyOf(emptied))) {
                steps.add(new Step(statement, emptiedFor, List.of()));
            }
            emptied.clear();
        }
        open.sort(Comparator.comparingInt(
                part -> references.rank(part.table.table().sqlName())));
        for (Part part : open) {
            if (part.deleted < part.rows.size()) {
                group(part, false);
            }
        }
        Collections.reverse(open);
        for (Part part : open) {
            if (part.deleted > 0) {
                group(part, true);
            }
            part.rows.clear();
            part.deleted = 0;
        }
        open.clear();
    }

    private void group(Part part, boolean deleted) {
        Map<Group, List<String>> groups = new LinkedHashMap<>();
        Group group = null;
        List<String> rows = new ArrayList<>(part.rows.size());
        for (Last last : part.rows.values()) {
            if (last.deleted() != deleted) {
                continue;
            }
            // Neighbours mostly go together: strings that are the same object are compared at once.
            if (group == null
                    || !group.statement().equals(last.statement())
                    || !group.origin().equals(last.origin())) {
                group = new Group(last.statement(), last.origin());
                rows = groups.computeIfAbsent(group, none -> new ArrayList<>());
            }
            rows.add(last.json());
        }
        groups.forEach((each, its) -> steps.add(new Step(each.statement(), each.origin(), its)));
    }
}
