package io.bactrian.camel;

/** Names of the exchange properties that our components leave for each other. */
public final class BactrianProperties {
    /**
     * The {@link io.bactrian.change.Change} that an exchange carries. As long as the body is its untouched
     * {@link io.bactrian.change.Row}, a producer may send the change's own text instead of writing the body anew.
     */
    public static final String CHANGE = "BactrianChange";

    /**
     * How often an operator replayed the message on purpose, an {@code Integer}; absent for 0. A higher one is applied
     * again though the message was applied before (invariant 9).
     */
    public static final String GENERATION = "BactrianGeneration";

    /** Left by {@code table:}, a {@code Boolean}: false where the message had been applied before. */
    public static final String APPLIED = "BactrianApplied";

    /** Left by {@code table:}, an {@code Integer}: the rows written. */
    public static final String AFFECTED = "BactrianAffected";

    /**
     * Where {@code changes:} gathers the answers to the calls that an exchange makes, and the exchanges split off it: see
     * {@link GatheredAnswers}.
     */
    public static final String ANSWERS = "BactrianAnswers";

    private BactrianProperties() {}
}
