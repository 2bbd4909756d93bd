package io.bactrian.table;

import io.bactrian.database.DatabaseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
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
                .filter(candidate -> edits(name, candidate) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(candidate -> edits(name, candidate)));
    }

    /** Levenshtein's distance, case aside. */
    private static int edits(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
