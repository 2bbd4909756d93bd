package io.bactrian.camel.queue;

/**
 * Whether the route that a received message is in sent messages in that message's transaction, on this thread. They
 * must not be committed with a try that failed.
 */
final class TransactedSends {
    private static final ThreadLocal<Boolean> SENT = ThreadLocal.withInitial(() -> false);

    private TransactedSends() {}

    static void begin() {
        SENT.set(false);
    }

    static void note() {
        SENT.set(true);
    }

    static boolean any() {
        return SENT.get();
    }
}
