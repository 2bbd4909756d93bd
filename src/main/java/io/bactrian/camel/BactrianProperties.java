package io.bactrian.camel;

/** Names of the exchange properties that our components leave for each other. */
public final class BactrianProperties {
    /**
     * The {@link io.bactrian.change.Change} that an exchange carries. As long as the body is its untouched
     * {@link io.bactrian.change.Row}, a producer may send the change's own text instead of writing the body anew.
     */
    public static final String CHANGE = "BactrianChange";

    private BactrianProperties() {}
}
