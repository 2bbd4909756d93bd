package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which changes a subscription is told: tables, operations, columns, and the echo rule (invariant 10). Thread-safe. */
final class ChangeSelection {
    private final SubscriptionSettings settings;

    ChangeSelection(SubscriptionSettings settings) {
        this.settings = settings;
    }

    boolean passes(Change change) {
        return dropped(change) == null;
    }

    /** Why a change is not told; null where it is. */
    Way.@Nullable Reason dropped(Change change) {
        if (!settings.tables().isEmpty() && !settings.tables().contains(change.table())) {
            return Way.Reason.TABLE;
        }
        if (change.operation() != Operation.SNAPSHOT && !settings.operations().contains(change.operation())) {
            return Way.Reason.OPERATION;
        }
        if (isEcho(change)) {
            return Way.Reason.ECHO;
        }
        try {
            return touchesColumns(change) ? null : Way.Reason.COLUMN;
        } catch (IllegalArgumentException e) {
            // Rows that can't be read can't be compared: whoever receives the change decides.
            return null;
        }
    }

    private boolean isEcho(Change change) {
        if (change.origin().isEmpty()) {
            return false;
        }
        if (change.origin().contains(settings.name())) {
            // What it wrote itself, by its own name: telling that would never end.
            return true;
        }
        return settings.origin() != null && !settings.echo() && change.origin().contains(settings.origin());
    }

    private boolean touchesColumns(Change change) {
        if (settings.columns().isEmpty() || change.operation() != Operation.UPDATE) {
            return true;
        }
        Row before = change.before();
        Row after = change.after();
        if (before == null || after == null) {
            return true;
        }
        for (String column : settings.columns()) {
            if (before.containsKey(column) != after.containsKey(column)
                    || !Objects.deepEquals(before.get(column), after.get(column))) {
                return true;
            }
        }
        return false;
    }
}
