package io.bactrian.table;

import io.bactrian.database.DatabaseException;
import io.bactrian.names.Spelling;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says which name isn't known, which one was probably meant, and which ones there are. */
final class Names {
    private static final int MOST_SHOWN = 30;

    private Names() {}

    static DatabaseException unknown(String place, String kind, String name, Collection<String> known) {
        String nearest = nearest(name, known)
                .map(near -> " (did you mean '" + near + "'?)")
                .orElse("");
        String there = known.isEmpty()
                ? "none"
                : known.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
                        + (known.size() > MOST_SHOWN ? ", …" : "");
        return new DatabaseException(
                DatabaseException.Kind.INVALID_STATEMENT,
                place + " has no " + kind + " '" + name + "'" + nearest + "; there are: " + there,
                null);
    }

    /** The name nearest by edits, where no more than a third of it would have to be typed anew. */
    private static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .filter(candidate -> Spelling.distance(name, candidate) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(candidate -> Spelling.distance(name, candidate)));
    }
}
