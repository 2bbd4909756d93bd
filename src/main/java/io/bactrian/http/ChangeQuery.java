package io.bactrian.http;

import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.Table;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSearch.RowName;
import io.bactrian.journal.JournalSearch.Wanted;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Which changes a call of {@code /api/changes} is about.
 *
 * @param journal of the database
 */
record ChangeQuery(Journal journal, Wanted wanted) {
    private static final String MAIN = "main";

    /** What the parameters {@code database}, {@code tables}, {@code operations} and {@code key} say. */
    static ChangeQuery of(HttpCall call, Map<String, Journal> journals, List<ServedDatabase> databases) {
        String database = call.query().getOrDefault("database", MAIN);
        Journal journal = journal(database, journals);
        Set<String> tables = words(call, "tables");
        tables.remove("*");
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        words(call, "operations").forEach(word -> operations.add(operation(word)));
        Optional<ServedDatabase> served = databases.stream()
                .filter(each -> each.database().name().equals(database))
                .findFirst();
        tables.forEach(table -> served.ifPresent(known -> refuseUnknown(known, table)));
        String key = call.query().get("key");
        if (key == null) {
            return new ChangeQuery(journal, new Wanted(tables, operations, null));
        }
        if (tables.size() != 1) {
            throw HttpProblem.badRequest("Parameter key=" + key + ": a key is one table's: give tables=TABLE with it");
        }
        String name = tables.iterator().next();
        Table table = served.flatMap(known -> table(known, name)).orElse(null);
        return new ChangeQuery(journal, new Wanted(tables, operations, row(table, key)));
    }

    static Journal journal(String database, Map<String, Journal> journals) {
        Journal journal = journals.get(database);
        if (journal == null) {
            throw HttpProblem.notFound(
                    "There is no database '" + database + "'" + NearNames.hint(database, journals.keySet()));
        }
        return journal;
    }

    /**
     * A row by its key as item URLs spell it.
     *
     * @param table where it is known
     */
    static RowName row(@Nullable Table table, String segment) {
        if (table == null) {
            StringJoiner values = new StringJoiner(",");
            for (String each : segment.split(",", -1)) {
                Row value = Row.of(Map.of("value", PercentText.decode(each, "The key", false)));
                values.add(ChangeJson.subject(value));
            }
            return new RowName(values.toString(), null);
        }
        Map<String, @Nullable Object> key = ColumnText.key(table, segment);
        boolean plain = table.key().stream().allMatch(column -> isPlain(key.get(column)));
        return new RowName(ChangeJson.subject(Row.of(new LinkedHashMap<>(key))), plain ? RowJson.write(key) : null);
    }

    /** Whether every product writes a value as JSON in the same way as we do. */
    private static boolean isPlain(@Nullable Object value) {
        return value instanceof Long
                || value instanceof BigInteger
                || value instanceof String text
                        && text.chars().allMatch(c -> c > ' ' && c < 127 && "\"\\/".indexOf(c) < 0);
    }

    /**
     * The position that a parameter {@code from} stands for: what comes after it is wanted.
     *
     * @param now whether {@code now} is allowed
     */
    long position(String from, boolean now) {
        if (from.equals("earliest")) {
            return journal.first() - 1;
        }
        if (now && from.equals("now")) {
            return journal.last();
        }
        if (!from.isEmpty() && from.length() <= 18 && from.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.parseLong(from);
        }
        return journal.positionBefore(time(from, now)).orElse(journal.last());
    }

    private static Instant time(String from, boolean now) {
        try {
            return OffsetDateTime.parse(from).toInstant();
        } catch (DateTimeException e) {
            throw HttpProblem.badRequest("Parameter from=" + from + ": use a position (what comes after it is told), "
                    + (now ? "now, " : "") + "earliest, or a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static Set<String> words(HttpCall call, String parameter) {
        Set<String> words = new LinkedHashSet<>();
        String list = call.query().get(parameter);
        if (list != null) {
            for (String word : list.split(",", -1)) {
                if (word.isBlank()) {
                    throw HttpProblem.badRequest("Parameter " + parameter + "=" + list + ": a name is empty");
                }
                words.add(word.strip());
            }
        }
        return words;
    }

    private static Operation operation(String word) {
        try {
            return Operation.ofWord(word);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.badRequest("Parameter operations: " + e.getMessage());
        }
    }

    /** A table that isn't there would look as if nothing happened to it. */
    private static void refuseUnknown(ServedDatabase database, String name) {
        try {
            if (database.database().catalog().find(name).isEmpty()) {
                List<String> known = database.database().catalog().tables().stream()
                        .map(Table::name)
                        .toList();
                throw HttpProblem.notFound("There is no table '" + name + "' in database "
                        + database.database().name() + NearNames.hint(name, known));
            }
        } catch (DatabaseException e) {
            // The journal can be read without the database; a name that is wrong finds nothing then.
            return;
        }
    }

    private static Optional<Table> table(ServedDatabase database, String name) {
        try {
            return database.database().catalog().find(name);
        } catch (DatabaseException e) {
            return Optional.empty();
        }
    }
}
