/**
 * Durable, named readers of a journal: positions, lanes by key, quick retries, parked changes, dead letters.
 *
 * <p>Keeps invariants 3 (order per key), 4 (done before moved), 6 (isolation) and 7 (failed is kept) of
 * {@code docs/architecture.md}.
 */
@NullMarked
package io.bactrian.subscription;

import org.jspecify.annotations.NullMarked;
