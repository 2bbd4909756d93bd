package io.bactrian.http;

import io.bactrian.hook.InboundHooks;
import io.bactrian.subscription.Subscriptions;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What the HTTP server serves.
 *
 * @param actions what an operator may have the platform do
 * @param captured whether the table API may show this table, by names of database and table
 */
public record ServedRooms(
        ApiKeys keys,
        InboundHooks hooks,
        Subscriptions subscriptions,
        List<ServedDatabase> databases,
        BiPredicate<String, String> captured,
        PlatformView platform,
        OperatorActions actions) {
    public ServedRooms {
        databases = List.copyOf(databases);
    }

    /** Without what only a whole platform can do. */
    public ServedRooms(
            ApiKeys keys,
            InboundHooks hooks,
            Subscriptions subscriptions,
            List<ServedDatabase> databases,
            BiPredicate<String, String> captured,
            PlatformView platform) {
        this(keys, hooks, subscriptions, databases, captured, platform, OperatorActions.NONE);
    }
}
