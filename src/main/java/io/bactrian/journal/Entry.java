package io.bactrian.journal;

import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collected change before the journal gave it a position. See {@link io.bactrian.change.Change} for the fields.
 *
 * @param seq the trigger table's sequence number, which with the bookmark's epoch names the change for ever
 * @param time the database's clock, to the microsecond
 */
public record Entry(
        long seq,
        String table,
        Operation operation,
        String keyJson,
        @Nullable String keyBeforeJson,
        @Nullable String beforeJson,
        @Nullable String afterJson,
        String transaction,
        List<String> origin,
        Instant time) {

    Change at(long position, ChangeId id, Instant collected, RowType rowType) {
        return new Change(
                id,
                position,
                table,
                operation,
                keyJson,
                keyBeforeJson,
                beforeJson,
                afterJson,
                transaction,
                origin,
                time,
                collected,
                rowType);
    }
}
