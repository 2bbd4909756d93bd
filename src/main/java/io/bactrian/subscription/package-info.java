/**
 * Durable, named readers of a journal: positions, lanes by key, quick retries, parked changes, dead letters.
 *
 * <p>Keeps invariants 3 (order per key), 4 (done before moved), 6 (isolation) and 7 (failed is kept) of
 * {@code docs/architecture.md}. A change goes from the {@code Feed} through the {@code Lanes} to the handler; what fails
 * goes to the {@code ParkingLot} and, by the {@code Ledger}, to the store, in the transaction that lets the position
 * move. A {@code Run} holds all of that between a start and a stop and begins from nothing but what is on disk, so that a
 * stop, a crash and a replay look alike. A delivery is told at least once; after a crash, from the saved position on,
 * again in order.
 */
@NullMarked
package io.bactrian.subscription;

import org.jspecify.annotations.NullMarked;
