package io.bactrian.table;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a write did.
 *
 * @param applied false where the claim was taken before: nothing was written now
 * @param affected rows written; an upsert that found a newer version, a kept row and a missing row don't count
 * @param rows the rows as they are now (a delete's as they were), where asked for; those that aren't there are left out
 */
public record WriteResult(boolean applied, int affected, List<Map<String, @Nullable Object>> rows) {
    public WriteResult {
        rows = List.copyOf(rows);
    }
}
