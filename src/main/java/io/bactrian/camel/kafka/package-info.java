/**
 * The platform's {@code kafka:} component. Out: a change becomes a record under the row's key, acknowledged by all
 * replicas before the exchange ends; no record overtakes one of its key that failed. In: an offset is committed only
 * after the route is done with its record; one that fails waits in its place, without its consumer leaving the group,
 * and what can't succeed goes to a dead-letter topic with the reason (invariants 3, 4, 8, 9).
 */
@NullMarked
package io.bactrian.camel.kafka;

import org.jspecify.annotations.NullMarked;
