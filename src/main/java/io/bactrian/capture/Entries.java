package io.bactrian.capture;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.database.CapturedRow;
import io.bactrian.journal.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes journal entries of the trigger table's rows. The same row always makes an equal entry. For one thread. */
final class Entries {
    private @Nullable String lastOrigin;
    private List<String> lastParties = List.of();

    List<Entry> of(List<CapturedRow> rows) {
        List<Entry> entries = new ArrayList<>(rows.size());
        for (CapturedRow row : rows) {
            entries.add(of(row));
        }
        return entries;
    }

    Entry of(CapturedRow row) {
        String key = JsonText.withoutBlobs(JsonText.compact(row.key()));
        String old = row.old() == null ? null : JsonText.withoutBlobs(row.old());
        String next = row.now() == null ? null : JsonText.withoutBlobs(row.now());
        boolean keyChanged = row.operation().equals("k");
        return new Entry(
                row.seq(),
                row.table(),
                operation(row),
                key,
                keyChanged && old != null ? JsonText.members(key, old) : null,
                old,
                next == null || !row.operation().equals("e") ? next : payload(next),
                row.transaction(),
                parties(row.origin()),
                row.at());
    }

    /** What a change was before the journal gave it a position. */
    static Entry of(Change change) {
        return new Entry(
                change.id().seq(),
                change.table(),
                change.operation(),
                change.keyJson(),
                change.keyBeforeJson(),
                change.beforeJson(),
                change.afterJson(),
                change.transaction(),
                change.origin(),
                change.time());
    }

    private static Operation operation(CapturedRow row) {
        return switch (row.operation()) {
            case "i" -> Operation.INSERT;
            case "u", "k" -> Operation.UPDATE;
            case "d" -> Operation.DELETE;
            case "t" -> Operation.TRUNCATE;
            case "e" -> Operation.EVENT;
            default ->
                throw new IllegalArgumentException("The trigger table's row " + row.seq() + " has the operation '"
                        + row.operation() + "', which this version doesn't know: upgrade, or remove the row");
        };
    }

    /** A row is an object: a payload that is none becomes the one member of one. */
    private static String payload(String json) {
        return json.stripLeading().startsWith("{") ? json : "{\"payload\":" + json + "}";
    }

    private List<String> parties(@Nullable String origin) {
        if (origin == null || origin.isEmpty()) {
            return List.of();
        }
        if (!origin.equals(lastOrigin)) {
            lastOrigin = origin;
            lastParties = List.of(origin.split(","));
        }
        return lastParties;
    }
}
