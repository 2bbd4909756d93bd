/**
 * The ordered, append-only log of collected changes, one per database, in segment files kept for a retention.
 *
 * <p>The newest segment holds the <em>bookmark</em>, how far collecting has come, and the <em>gaps</em>, where changes
 * may be missing because one side was restored. Positions only grow; at a gap they jump. What {@code append} returned
 * from is on disk, together with the record of its pending page.
 */
@NullMarked
package io.bactrian.journal;

import org.jspecify.annotations.NullMarked;
