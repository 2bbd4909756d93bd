package io.bactrian.http;

import io.bactrian.names.Spelling;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names like one that isn't there, for the refusal's remedy. */
final class NearNames {
    private NearNames() {}

    /** {@code (near: a, b)}, or all of few, or nothing; begins with a blank. */
    static String hint(String name, Collection<String> known) {
        List<String> near = known.stream()
                .filter(each -> Spelling.distance(name, each) <= allowed(each))
                .sorted(Comparator.comparingInt(each -> Spelling.distance(name, each)))
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
}
