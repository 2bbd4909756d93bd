package io.bactrian.camel.table;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.database.Table;
import io.bactrian.table.RowChange;
import io.bactrian.table.WriteRequest;
import io.bactrian.table.WriteRequest.Action;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What a message asks to be written, without its claim. */
final class RowRequests {
    private final TableEndpoint endpoint;

    RowRequests(TableEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** In order; none where the body holds no row. */
    List<WriteRequest> of(Exchange exchange) {
        List<Change> changes = changes(exchange);
        return changes.isEmpty() ? ofRows(exchange, exchange.getMessage().getBody()) : ofChanges(exchange, changes);
    }

    /** The changes that are the body; empty where it is something else. */
    static List<Change> changes(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Change change) {
            return List.of(change);
        }
        return body instanceof Collection<?> elements && elements.stream().allMatch(Change.class::isInstance)
                ? elements.stream().map(Change.class::cast).toList()
                : List.of();
    }

    /** Several changes that are only to be repeated, by the primary key; empty where more is asked. */
    List<RowChange> repeated(Exchange exchange) {
        List<Change> changes = endpoint.onlyRepeats() ? changes(exchange) : List.of();
        List<RowChange> repeated = new ArrayList<>(changes.size());
        List<String> before = List.of();
        List<String> chain = chain(exchange, before);
        for (Change change : changes) {
            if (!change.origin().equals(before)) {
                before = change.origin();
                chain = chain(exchange, before);
            }
            repeated.add(new RowChange(change, table(change.table()), Action.repeating(change.operation()), chain));
        }
        return repeated;
    }

    private List<WriteRequest> ofRows(Exchange exchange, @Nullable Object body) {
        Message message = exchange.getMessage();
        String word = message.getHeader(BactrianHeaders.OPERATION, String.class);
        Action action = endpoint.action()
                .orElseGet(() -> word == null ? Action.UPSERT : Action.repeating(Operation.ofWord(word)));
        String table = table(message.getHeader(BactrianHeaders.TABLE, String.class));
        List<String> origin = chain(exchange, origin(message.getHeader(BactrianHeaders.ORIGIN)));
        if (action == Action.TRUNCATE) {
            return List.of(request(table, action, List.of(), origin));
        }
        List<Map<String, @Nullable Object>> rows = RowBodies.rows(exchange, body);
        List<WriteRequest> requests = new ArrayList<>();
        if (action == Action.DELETE && rows.size() <= 1) {
            Map<String, @Nullable Object> row = rows.isEmpty() ? Map.of() : rows.get(0);
            rows = List.of(keyOf(table, row, map(message.getHeader(BactrianHeaders.KEY))));
        } else if (rows.isEmpty()) {
            if (body instanceof Collection<?>) {
                return List.of();
            }
            throw new IllegalArgumentException("table:" + table + " got an empty body: there is nothing to " + action);
        }
        Map<String, @Nullable Object> keyBefore = map(message.getHeader(BactrianHeaders.KEY_BEFORE));
        if (action == Action.UPSERT && endpoint.action().isEmpty() && keyBefore != null && rows.size() == 1) {
            moved(table, keyBefore, rows.get(0))
                    .ifPresent(old -> requests.add(request(table, Action.DELETE, List.of(old), origin)));
        }
        requests.add(request(table, action, rows, origin));
        return requests;
    }

    /** Neighbours that go the same way become one request, which is written as a batch. */
    private List<WriteRequest> ofChanges(Exchange exchange, List<Change> changes) {
        List<WriteRequest> requests = new ArrayList<>();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        WriteRequest open = null;
        for (Change change : changes) {
            Action action = endpoint.action().orElseGet(() -> Action.repeating(change.operation()));
            WriteRequest asked = request(table(change.table()), action, List.of(), chain(exchange, change.origin()));
            Optional<Map<String, @Nullable Object>> old = movedFrom(asked, change);
            if (open == null || old.isPresent() || !open.equals(asked)) {
                if (open != null) {
                    requests.add(withRows(open, rows));
                    rows.clear();
                }
                old.ifPresent(key -> requests.add(request(asked.table(), Action.DELETE, List.of(key), asked.origin())));
                open = asked;
            }
            row(asked, change).ifPresent(rows::add);
        }
        if (open != null) {
            requests.add(withRows(open, rows));
        }
        return requests;
    }

    private Optional<Map<String, @Nullable Object>> movedFrom(WriteRequest asked, Change change) {
        Map<String, @Nullable Object> keyBefore = change.keyBefore();
        Map<String, @Nullable Object> row = change.row();
        boolean repeated = endpoint.action().isEmpty() && asked.action() == Action.UPSERT;
        return repeated && keyBefore != null && row != null ? moved(asked.table(), keyBefore, row) : Optional.empty();
    }

    private Optional<Map<String, @Nullable Object>> row(WriteRequest asked, Change change) {
        Map<String, @Nullable Object> row = change.row();
        return switch (asked.action()) {
            case TRUNCATE -> Optional.empty();
            case DELETE -> Optional.of(keyOf(asked.table(), row == null ? Map.of() : row, change.key()));
            case UPSERT, INSERT, UPDATE -> Optional.ofNullable(row);
        };
    }

    private WriteRequest request(
            String table, Action action, List<Map<String, @Nullable Object>> rows, List<String> origin) {
        return new WriteRequest(
                table,
                action,
                rows,
                endpoint.keyColumns(),
                origin,
                Optional.empty(),
                endpoint.getVersion(),
                endpoint.conflictRule(),
                endpoint.isReturning());
    }

    private WriteRequest withRows(WriteRequest request, List<Map<String, @Nullable Object>> rows) {
        return request(request.table(), request.action(), rows, request.origin());
    }

    private String table(@Nullable String named) {
        if (!endpoint.getTable().equals("*")) {
            return endpoint.getTable();
        }
        if (named == null) {
            throw new IllegalArgumentException(
                    "table:* writes to the table that header " + BactrianHeaders.TABLE + " names, and there is none");
        }
        return named;
    }

    /** The writing party first, then those on whose behalf it does so: whoever is among them isn't told. */
    private List<String> chain(Exchange exchange, List<String> before) {
        String named = endpoint.getOrigin();
        String party = named != null ? named : exchange.getFromRouteId();
        List<String> chain = new ArrayList<>();
        if (party != null) {
            chain.add(party);
        }
        before.stream().filter(each -> !chain.contains(each)).forEach(chain::add);
        return List.copyOf(chain);
    }

    private static List<String> origin(@Nullable Object header) {
        if (header instanceof Collection<?> parties) {
            return parties.stream().map(String::valueOf).toList();
        }
        return header == null || header.toString().isBlank()
                ? List.of()
                : List.of(header.toString().split(","));
    }

    private List<String> keyColumns(String table) {
        return endpoint.keyColumns().isEmpty()
                ? endpoint.theDatabase().catalog().find(table).map(Table::key).orElse(List.of())
                : endpoint.keyColumns();
    }

    /** The body says which row where it can; else the change's key does. */
    private Map<String, @Nullable Object> keyOf(
            String table, Map<String, @Nullable Object> row, @Nullable Map<String, @Nullable Object> changeKey) {
        List<String> columns = keyColumns(table);
        return changeKey == null || row.keySet().containsAll(columns) && !columns.isEmpty() ? row : changeKey;
    }

    /** The row's old key where the change moved it away; none where the table's key is another one. */
    private Optional<Map<String, @Nullable Object>> moved(
            String table, Map<String, @Nullable Object> keyBefore, Map<String, @Nullable Object> row) {
        List<String> columns = keyColumns(table);
        boolean moved = !columns.isEmpty()
                && keyBefore.keySet().containsAll(columns)
                && columns.stream().anyMatch(column -> !Objects.equals(keyBefore.get(column), row.get(column)));
        if (!moved) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> old = new LinkedHashMap<>();
        columns.forEach(column -> old.put(column, keyBefore.get(column)));
        return Optional.of(old);
    }

    @SuppressWarnings("unchecked") // Our own headers: maps by column.
    private static @Nullable Map<String, @Nullable Object> map(@Nullable Object header) {
        return header instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }
}
