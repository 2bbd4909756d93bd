/**
 * Names that people type: how far a name that isn't known is from those that are, so that a refusal can say which was
 * probably meant. Knows only the JDK.
 */
@NullMarked
package io.bactrian.names;

import org.jspecify.annotations.NullMarked;
