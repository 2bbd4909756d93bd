package io.bactrian.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the platform can do its work, and which part can't. */
public record Readiness(boolean ready, List<Check> checks) {
    /**
     * One part's state.
     *
     * @param name such as {@code database main} or {@code subscription orders-to-hook}
     * @param detail what is wrong and what to do, or more about what is right; shown only to who has a key
     */
    public record Check(String name, boolean ok, @Nullable String detail) {}

    public Readiness {
        checks = List.copyOf(checks);
    }

    /** Ready where each part is. */
    public static Readiness of(List<Check> checks) {
        return new Readiness(checks.stream().allMatch(Check::ok), checks);
    }
}
