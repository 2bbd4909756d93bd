/**
 * A named user database: its pool, its catalog, its transactions with an origin, and the {@code Dialect} that knows
 * how its product differs. {@code Dialects} is the only list of products.
 */
@NullMarked
package io.bactrian.database;

import org.jspecify.annotations.NullMarked;
