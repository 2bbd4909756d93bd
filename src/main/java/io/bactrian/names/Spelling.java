package io.bactrian.names;

import java.util.Locale;

/** How far one name is from another. Stateless. */
public final class Spelling {
    /** Names come from outside too: what is longer costs no more. */
    private static final int MOST = 128;

    private Spelling() {}

    /**
     * How many letters must be put in, taken out or replaced to make one name of the other (Levenshtein's distance),
     * whatever their case; of the first 128 letters.
     */
    public static int distance(String left, String right) {
        String a = comparable(left);
        String b = comparable(right);
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

    private static String comparable(String name) {
        return name.substring(0, Math.min(MOST, name.length())).toLowerCase(Locale.ROOT);
    }
}
