/**
 * Reads and writes user tables on behalf of a party: one transaction holds the claim that makes it applied once, the
 * write, and the origin.
 */
@NullMarked
package io.bactrian.table;

import org.jspecify.annotations.NullMarked;
