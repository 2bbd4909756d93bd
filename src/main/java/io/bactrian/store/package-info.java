/**
 * The platform's own tables: one SQLite database with versioned migrations and one writer that commits in groups.
 *
 * <p>Rooms that keep state reach it through the small table classes here; what a write's future reports as done is on
 * disk.
 */
@NullMarked
package io.bactrian.store;

import org.jspecify.annotations.NullMarked;
