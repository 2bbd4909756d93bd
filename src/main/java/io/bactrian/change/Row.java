package io.bactrian.change;

import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row (or key) as a map of column to natural Java value, backed by the JSON it was captured as.
 *
 * <p>The JSON is parsed when a value is first looked at. {@link #json()} gives the original text back as long as the
 * row was not written to; after a write it is made anew from the values. A column that is present with a null value was
 * NULL; a column that is absent was not captured.
 *
 * <p>Not thread-safe: each reader takes its own from {@link Change}.
 */
public final class Row extends AbstractMap<String, @Nullable Object> {
    private final RowType type;
    private @Nullable String json;
    private @Nullable Map<String, @Nullable Object> values;

    private Row(RowType type, @Nullable String json, @Nullable Map<String, @Nullable Object> values) {
        this.type = type;
        this.json = json;
        this.values = values;
    }

    /** A row over the text of a JSON object; the text is not looked at yet. */
    public static Row ofJson(String json, RowType type) {
        return new Row(type, json, null);
    }

    /** A row of its own, with these values. */
    public static Row of(Map<String, ? extends @Nullable Object> values) {
        return new Row(RowType.UNKNOWN, null, new LinkedHashMap<>(values));
    }

    /** The row as a JSON object: as it was captured, or, once written to, made from the values. */
    public String json() {
        String text = json;
        return text != null ? text : RowJson.write(parsed());
    }

    /** Whether the row is still exactly what was captured. */
    public boolean untouched() {
        return json != null;
    }

    @Override
    public @Nullable Object get(@Nullable Object column) {
        return parsed().get(column);
    }

    @Override
    public boolean containsKey(@Nullable Object column) {
        return parsed().containsKey(column);
    }

    @Override
    public @Nullable Object put(String column, @Nullable Object value) {
        return touched().put(column, value);
    }

    @Override
    public @Nullable Object remove(@Nullable Object column) {
        return touched().remove(column);
    }

    @Override
    public void clear() {
        touched().clear();
    }

    /** Writing through the set (an iterator's remove, an entry's setValue) counts as writing to the row. */
    @Override
    public Set<Map.Entry<String, @Nullable Object>> entrySet() {
        return new RowEntries(this);
    }

    Map<String, @Nullable Object> parsed() {
        Map<String, @Nullable Object> known = values;
        if (known == null) {
            known = RowJson.read(json == null ? "{}" : json, type);
            values = known;
        }
        return known;
    }

    Map<String, @Nullable Object> touched() {
        Map<String, @Nullable Object> known = parsed();
        json = null;
        return known;
    }
}
