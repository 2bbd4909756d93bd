package io.bactrian.subscription;

/** What was asked of a subscription can't be done; the message says why and what can. */
public class SubscriptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SubscriptionException(String message) {
        super(message);
    }

    /** There is no subscription of that name. */
    public static final class Unknown extends SubscriptionException {
        private static final long serialVersionUID = 1L;

        public Unknown(String name) {
            super("There is no subscription '" + name + "'");
        }
    }
}
