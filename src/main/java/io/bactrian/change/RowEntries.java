package io.bactrian.change;

import java.util.AbstractMap.SimpleEntry;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row's entries; a write through them marks the row as written to. */
final class RowEntries extends AbstractSet<Map.Entry<String, @Nullable Object>> {
    private final Row row;

    RowEntries(Row row) {
        this.row = row;
    }

    @Override
    public int size() {
        return row.parsed().size();
    }

    @Override
    public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
        Iterator<Map.Entry<String, @Nullable Object>> entries =
                row.parsed().entrySet().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Map.Entry<String, @Nullable Object> next() {
                Map.Entry<String, @Nullable Object> entry = entries.next();
                return new SimpleEntry<>(entry) {
                    @Override
                    public @Nullable Object setValue(@Nullable Object value) {
                        row.put(getKey(), value);
                        return super.setValue(value);
                    }
                };
            }

            @Override
            public void remove() {
                entries.remove();
                row.touched();
            }
        };
    }
}
