package io.bactrian.subscription;

import java.util.concurrent.atomic.LongAdder;

/** What a subscription counted since it was opened. Thread-safe. */
final class Counters {
    final LongAdder delivered = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder parked = new LongAdder();
    final LongAdder dead = new LongAdder();

    SubscriptionCounters values() {
        return new SubscriptionCounters(delivered.sum(), failed.sum(), parked.sum(), dead.sum());
    }
}
