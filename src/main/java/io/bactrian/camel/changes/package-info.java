/**
 * The {@code changes:} component: a route that consumes it is a subscription's handler. One exchange carries one change
 * (or, with {@code batch}, a list of them); how the exchange ends decides what becomes of the change.
 */
@NullMarked
package io.bactrian.camel.changes;

import org.jspecify.annotations.NullMarked;
