package io.bactrian.camel.routes;

import java.util.Set;

/** Hears of subscriptions that no route uses any more. Called on the loader's thread, never at shutdown. */
public interface RouteListener {
    /** These subscriptions are orphaned: their `changes:` or `events:` routes were deleted from the route files. */
    void removed(Set<String> subscriptions);
}
