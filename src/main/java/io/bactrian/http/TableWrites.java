package io.bactrian.http;

import io.bactrian.change.RowJson;
import io.bactrian.database.Column;
import io.bactrian.database.Table;
import io.bactrian.table.WriteRequest;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.Claim;
import io.bactrian.table.WriteRequest.OnConflict;
import io.bactrian.table.WriteResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * POST, PATCH and DELETE of the table API: each one transaction, stamped with the key's party, and applied once where it
 * has an {@code Idempotency-Key} (invariant 9).
 */
final class TableWrites {
    private static final int MAX_IDEMPOTENCY_KEY = 255;
    private static final int MAX_PATH = 200;
    private static final List<String> LATER = List.of("If-Match", "If-None-Match", "If-Unmodified-Since");

    HttpAnswer post(HttpCall call, TablePlace place) {
        call.allowOnly();
        refuseConditions(call);
        Preferences preferences = Preferences.of(call.headers());
        List<Map<String, @Nullable Object>> rows = call.jsonObjects();
        rows.forEach(row -> checkColumns(row, place.table()));
        if (rows.isEmpty()) {
            return created(preferences, rows, Map.of());
        }
        // The address of a row whose key the database made is known only from the row as it was written.
        boolean locate = rows.size() == 1
                && !place.table().key().isEmpty()
                && ColumnText.segment(place.table(), rows.get(0)) == null;
        WriteRequest write = request(
                call,
                place,
                preferences.resolution() == Preferences.Resolution.NONE ? Action.INSERT : Action.UPSERT,
                rows,
                switch (preferences.resolution()) {
                    case NONE -> OnConflict.FAIL;
                    case MERGE_DUPLICATES -> OnConflict.OVERWRITE;
                    case IGNORE_DUPLICATES -> OnConflict.KEEP;
                },
                preferences.representation() || locate);
        WriteResult result = place.database().writer().write(write);
        List<Map<String, @Nullable Object>> written = result.rows();
        Map<String, @Nullable Object> first = written.isEmpty() ? rows.get(0) : written.get(0);
        String segment = rows.size() == 1 ? ColumnText.segment(place.table(), first) : null;
        return created(
                preferences, written, segment == null ? Map.of() : Map.of("Location", call.path() + "/" + segment));
    }

    HttpAnswer patch(HttpCall call, TablePlace place, Map<String, @Nullable Object> key) {
        refuseConditions(call);
        Preferences preferences = preferences(call);
        Map<String, @Nullable Object> values = call.jsonObject();
        checkColumns(values, place.table());
        checkKeyStays(values, key);
        Map<String, @Nullable Object> row = new LinkedHashMap<>(values);
        row.putAll(key);
        if (row.size() == key.size()) {
            throw HttpProblem.badRequest("The body names no column to change");
        }
        return changed(call, place, key, preferences, Action.UPDATE, row);
    }

    HttpAnswer delete(HttpCall call, TablePlace place, Map<String, @Nullable Object> key) {
        refuseConditions(call);
        return changed(call, place, key, preferences(call), Action.DELETE, key);
    }

    private static HttpAnswer changed(
            HttpCall call,
            TablePlace place,
            Map<String, @Nullable Object> key,
            Preferences preferences,
            Action action,
            Map<String, @Nullable Object> row) {
        WriteResult result = place.database()
                .writer()
                .write(request(call, place, action, List.of(row), OnConflict.OVERWRITE, preferences.representation()));
        if (result.applied() && result.affected() == 0) {
            throw HttpProblem.notFound("Table " + place.table().name() + " has no row with this key");
        }
        if (!preferences.representation()) {
            return new HttpAnswer(204, null, null, preferences.answered(Map.of()));
        }
        List<Map<String, @Nullable Object>> rows = result.rows();
        String json = rows.isEmpty() ? "null" : RowJson.write(rows.get(0));
        return HttpAnswer.json(200, json, preferences.answered(Map.of()));
    }

    private static WriteRequest request(
            HttpCall call,
            TablePlace place,
            Action action,
            List<Map<String, @Nullable Object>> rows,
            OnConflict onConflict,
            boolean returning) {
        return new WriteRequest(
                place.table().name(),
                action,
                rows,
                List.of(),
                List.of(call.caller().party()),
                claim(call),
                null,
                onConflict,
                returning);
    }

    /** The same key from the same caller at the same address is the same request. */
    private static Optional<Claim> claim(HttpCall call) {
        return call.header("Idempotency-Key").map(given -> {
            String key = given.strip();
            if (key.isEmpty() || key.length() > MAX_IDEMPOTENCY_KEY) {
                throw HttpProblem.badRequest(
                        "Idempotency-Key: 1 to " + MAX_IDEMPOTENCY_KEY + " characters are expected");
            }
            return new Claim("api:" + call.caller().id(), call.method() + " " + bounded(call.path()), 0, key, 0);
        });
    }

    /** Indexes hold no text of any length. */
    private static String bounded(String path) {
        return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "…" + Digests.hex(path);
    }

    private static HttpAnswer created(
            Preferences preferences, List<Map<String, @Nullable Object>> rows, Map<String, String> headers) {
        Map<String, String> answered = preferences.answered(headers);
        return preferences.representation()
                ? HttpAnswer.json(201, TableEndpoint.json(rows), answered)
                : new HttpAnswer(201, null, null, answered);
    }

    private static Preferences preferences(HttpCall call) {
        Preferences preferences = Preferences.of(call.headers());
        if (preferences.resolution() != Preferences.Resolution.NONE) {
            throw HttpProblem.badRequest("Prefer: resolution is for POST");
        }
        return preferences;
    }

    private static void refuseConditions(HttpCall call) {
        for (String name : LATER) {
            if (call.header(name).isPresent()) {
                throw HttpProblem.badRequest("The header " + name + " isn't supported yet");
            }
        }
    }

    private static void checkColumns(Map<String, @Nullable Object> row, Table table) {
        for (String name : row.keySet()) {
            if (table.column(name).isEmpty()) {
                throw HttpProblem.badRequest("Table " + table.name() + " has no column '" + name + "'"
                        + NearNames.hint(
                                name, table.columns().stream().map(Column::name).toList()));
            }
        }
    }

    private static void checkKeyStays(Map<String, @Nullable Object> values, Map<String, @Nullable Object> key) {
        key.forEach((column, value) -> {
            if (values.containsKey(column)
                    && !String.valueOf(values.get(column)).equals(String.valueOf(value))) {
                throw HttpProblem.badRequest("PATCH doesn't change a key: column " + column
                        + " differs from the address; insert the new row and delete the old one");
            }
        });
    }
}
