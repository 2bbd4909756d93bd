package io.bactrian.subscription;

/**
 * Where a route that consumes changes gets them from: the platform's {@link Subscriptions}, or what tries a route file
 * on changes of the past.
 */
@FunctionalInterface
public interface ChangeSource {
    /**
     * Begins to hand changes over, by these settings.
     *
     * @throws SubscriptionException where that can't be
     */
    Subscriptions.Handle open(SubscriptionSettings settings, ChangeHandler handler);
}
