/** Reads the configuration, wires the rooms by hand, starts them and stops them in order; nothing else. */
@NullMarked
package io.bactrian;

import org.jspecify.annotations.NullMarked;
