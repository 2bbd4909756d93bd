package io.bactrian.subscription;

/**
 * What a subscription counted since its route opened it; they only grow, but for a restart.
 *
 * @param delivered changes that got through
 * @param failed tries that failed
 * @param parked changes that were parked
 * @param dead changes that became dead letters
 */
public record SubscriptionCounters(long delivered, long failed, long parked, long dead) {}
