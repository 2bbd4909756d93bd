package io.bactrian.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names like one that isn't there, for the refusal's remedy. */
final class NearNames {
    private NearNames() {}

    /** {@code (near: a, b)}, or all of few, or nothing; begins with a blank. */
    static String hint(String name, Collection<String> known) {
        List<String> near = known.stream()
                .filter(each -> distance(name, each) <= allowed(each))
                .sorted(Comparator.comparingInt(each -> distance(name, each)))
                .limit(3)
                .toList();
        if (!near.isEmpty()) {
            return " (near: " + String.join(", ", near) + ")";
        }
        return known.isEmpty() || known.size() > 20
                ? ""
                : " (known: " + String.join(", ", known.stream().sorted().toList()) + ")";
    }

    /** Two letters swapped count twice; in a short name that would be most of it. */
    private static int allowed(String known) {
        return known.length() <= 3 ? 1 : Math.max(2, known.length() / 3);
    }

    /** Levenshtein's, of the first 64 characters, whatever their case. */
    private static int distance(String left, String right) {
        String a = left.substring(0, Math.min(64, left.length())).toLowerCase(Locale.ROOT);
        String b = right.substring(0, Math.min(64, right.length())).toLowerCase(Locale.ROOT);
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
