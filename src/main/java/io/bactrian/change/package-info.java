/**
 * Row changes as values: what changed, where, when, on whose behalf, and the JSON that stands for it.
 *
 * <p>Everything here is immutable or owned by one reader, and depends on nothing but the JDK and Jackson. A change
 * carries the JSON text that the trigger wrote; it is parsed only when someone looks inside (text that is only passed
 * on is spliced, never parsed).
 */
@NullMarked
package io.bactrian.change;

import org.jspecify.annotations.NullMarked;
