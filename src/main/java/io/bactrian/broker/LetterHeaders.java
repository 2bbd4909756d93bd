package io.bactrian.broker;

/**
 * What a message in the dead letter queue says of itself, by properties. The first two are Artemis's own, which it also
 * sets where it moves a message itself.
 */
public final class LetterHeaders {
    /** The dead letter queue's name. */
    public static final String QUEUE = "DLQ";
    /** Where messages go whose time has run out. */
    public static final String EXPIRED = "ExpiryQueue";

    public static final String ORIGINAL_ADDRESS = "_AMQ_ORIG_ADDRESS";
    public static final String ORIGINAL_QUEUE = "_AMQ_ORIG_QUEUE";

    /** Why it is there. */
    public static final String REASON = "bactrian_reason";
    /** How often it was delivered before. */
    public static final String DELIVERIES = "bactrian_deliveries";
    /** When it was given up on, in milliseconds since 1970. */
    public static final String DIED = "bactrian_died";
    /** The id that the message had before it was moved; kept through all further moves. */
    public static final String MESSAGE_ID = "bactrian_message_id";
    /** How often an operator sent it back: a higher one is applied again. */
    public static final String GENERATION = "bactrian_generation";

    private LetterHeaders() {}

    /** Whether an address is one of those where nothing is given up on again. */
    static boolean isForLetters(String address) {
        return address.equals(QUEUE) || address.equals(EXPIRED);
    }
}
