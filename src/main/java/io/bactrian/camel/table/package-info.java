/**
 * The {@code table:} component: a route's message becomes rows of a user table, on behalf of a party and applied once.
 */
@NullMarked
package io.bactrian.camel.table;

import org.jspecify.annotations.NullMarked;
