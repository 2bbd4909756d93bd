package io.bactrian.subscription;

import io.bactrian.change.Change;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a subscription delivers to: a route, an outbound hook, a live client.
 *
 * <p>Called from any of the subscription's lanes, one call at a time per key; {@code done} is called exactly once, from
 * any thread, and no thread is held meanwhile. A handler that throws has failed.
 */
@FunctionalInterface
public interface ChangeHandler {
    /**
     * @param changes one change, or up to {@code batch} of them in journal order
     * @param attempt 1 for the first
     * @param generation 0, or higher where an operator replays on purpose: what was applied once in a lower one is applied
     *     again; the same after a crash (invariant 9)
     */
    void handle(List<Change> changes, int attempt, int generation, Consumer<DeliveryOutcome> done);
}
