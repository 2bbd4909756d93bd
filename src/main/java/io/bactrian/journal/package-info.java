/**
 * The ordered, append-only log of collected changes, one per database, in segment files kept for a retention.
 *
 * <p>Positions only grow. What {@code append} returned from is on disk, together with the page's pending record.
 */
@NullMarked
package io.bactrian.journal;

import org.jspecify.annotations.NullMarked;
