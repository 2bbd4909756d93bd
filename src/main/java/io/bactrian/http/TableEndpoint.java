package io.bactrian.http;

import io.bactrian.change.RowJson;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The table API's first form: {@code /api/tables}, rows by equality, rows by key. Only captured tables are there at all.
 *
 * <p>What PostgREST's grammar has beyond that is refused by name, never ignored: a filter that is dropped shows rows that
 * were not asked for.
 */
final class TableEndpoint {
    private static final Set<String> LATER =
            Set.of("select", "order", "or", "and", "not", "columns", "on_conflict", "not.or", "not.and");

    private final List<ServedDatabase> databases;
    private final BiPredicate<String, String> captured;
    private final ChangeEndpoint changes;
    private final TableWrites writes = new TableWrites();

    TableEndpoint(List<ServedDatabase> databases, BiPredicate<String, String> captured, ChangeEndpoint changes) {
        this.changes = changes;
        this.databases = databases;
        this.captured = captured;
    }

    /** @param from the index of the segment after {@code tables} */
    HttpAnswer answer(HttpCall call, String databaseName, int from) {
        ServedDatabase database = database(databaseName);
        int depth = call.segments().size() - from;
        if (depth == 0) {
            call.allowMethods("GET");
            return call.page(tables(database).stream().map(TableShown::of).toList());
        }
        TablePlace place = new TablePlace(database, table(database, call.segment(from)));
        if (depth == 1) {
            call.allowMethods("GET", "POST");
            return "GET".equals(call.method()) ? rows(call, place) : writes.post(call, place);
        }
        if (depth == 2) {
            call.allowMethods("GET", "PATCH", "DELETE");
            return item(
                    call, place, ColumnText.key(place.table(), call.segments().get(from + 1)));
        }
        if (depth == 3 && "history".equals(call.segments().get(from + 2))) {
            return changes.history(call, place, call.segments().get(from + 1));
        }
        throw call.nothingHere();
    }

    private HttpAnswer item(HttpCall call, TablePlace place, Map<String, @Nullable Object> key) {
        call.allowOnly();
        return switch (call.method()) {
            case "PATCH" -> writes.patch(call, place, key);
            case "DELETE" -> writes.delete(call, place, key);
            default -> one(place, key);
        };
    }

    private static HttpAnswer one(TablePlace place, Map<String, @Nullable Object> key) {
        List<Map<String, @Nullable Object>> found =
                place.database().reader().list(place.table().name(), key, 1, 0);
        if (found.isEmpty()) {
            throw HttpProblem.notFound("Table " + place.table().name() + " has no row with this key");
        }
        return HttpAnswer.json(200, RowJson.write(found.get(0)), Map.of());
    }

    private static HttpAnswer rows(HttpCall call, TablePlace place) {
        if (call.headers().contains("Range")) {
            throw HttpProblem.badRequest("The header Range isn't supported yet: use limit and offset");
        }
        int limit = call.limit();
        int offset = call.offset();
        List<Map<String, @Nullable Object>> found =
                place.database().reader().list(place.table().name(), filters(call, place.table()), limit + 1, offset);
        boolean more = found.size() > limit;
        List<Map<String, @Nullable Object>> page = more ? found.subList(0, limit) : found;
        Map<String, String> headers =
                new LinkedHashMap<>(more ? call.linkToNext("offset", (long) offset + limit) : Map.of());
        headers.put("Content-Range", page.isEmpty() ? "*/*" : offset + "-" + (offset + page.size() - 1L) + "/*");
        return HttpAnswer.json(200, json(page), headers);
    }

    static String json(List<Map<String, @Nullable Object>> rows) {
        StringJoiner json = new StringJoiner(",", "[", "]");
        rows.forEach(row -> json.add(RowJson.write(row)));
        return json.toString();
    }

    private static Map<String, @Nullable Object> filters(HttpCall call, Table table) {
        Map<String, @Nullable Object> equal = new LinkedHashMap<>();
        call.query().forEach((name, condition) -> {
            if (name.equals("limit") || name.equals("offset")) {
                return;
            }
            Column column = table.column(name).orElseThrow(() -> unknownParameter(name, table));
            if (condition.startsWith("eq.")) {
                equal.put(name, ColumnText.value(column, condition.substring("eq.".length())));
            } else if (condition.equals("is.null")) {
                equal.put(name, null);
            } else {
                throw HttpProblem.badRequest("Parameter " + name + "=" + condition + ": supported so far are " + name
                        + "=eq.VALUE and " + name + "=is.null");
            }
        });
        return equal;
    }

    private static HttpProblem unknownParameter(String name, Table table) {
        if (LATER.contains(name)) {
            return HttpProblem.badRequest("Parameter '" + name + "' isn't supported yet");
        }
        return HttpProblem.badRequest("Parameter '" + name + "': table " + table.name() + " has no such column"
                + NearNames.hint(
                        name, table.columns().stream().map(Column::name).toList()));
    }

    private ServedDatabase database(String name) {
        return databases.stream()
                .filter(each -> each.database().name().equals(name))
                .findFirst()
                .orElseThrow(() -> HttpProblem.notFound("There is no database '" + name + "'"
                        + NearNames.hint(
                                name,
                                databases.stream()
                                        .map(each -> each.database().name())
                                        .toList())));
    }

    private Table table(ServedDatabase database, String name) {
        String databaseName = database.database().name();
        return database.database()
                .catalog()
                .find(name)
                .filter(table -> captured.test(databaseName, table.name()))
                .orElseThrow(() -> HttpProblem.notFound("There is no captured table '" + name + "' in database "
                        + databaseName
                        + NearNames.hint(
                                name, tables(database).stream().map(Table::name).toList())));
    }

    private List<Table> tables(ServedDatabase database) {
        return database.database().catalog().tables().stream()
                .filter(table -> captured.test(database.database().name(), table.name()))
                .toList();
    }

    /** A table as {@code /api/tables} lists it. */
    private record TableShown(String name, List<String> key, List<ColumnShown> columns) {
        static TableShown of(Table table) {
            return new TableShown(
                    table.name(),
                    table.key(),
                    table.columns().stream().map(ColumnShown::of).toList());
        }
    }

    /** @param type the natural type, whatever the product calls it */
    private record ColumnShown(
            String name, String type, String sqlType, boolean nullable, boolean generated, boolean hasDefault) {
        static ColumnShown of(Column column) {
            return new ColumnShown(
                    column.name(),
                    column.type().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    column.sqlType(),
                    column.nullable(),
                    column.generated(),
                    column.hasDefault());
        }
    }
}
