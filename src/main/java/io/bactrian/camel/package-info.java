/**
 * What the platform gives to Camel: the context that routes run in, what routes find in its registry, and the names of
 * the headers that a change travels with. The components are in the packages below.
 */
@NullMarked
package io.bactrian.camel;

import org.jspecify.annotations.NullMarked;
