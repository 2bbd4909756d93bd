package io.bactrian.table;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a write did.
 *
 * @param applied false where the claim was taken before: nothing was written now
 * @param affected rows written
 * @param rows the rows as they are now, where asked for
 */
public record WriteResult(boolean applied, int affected, List<Map<String, @Nullable Object>> rows) {}
