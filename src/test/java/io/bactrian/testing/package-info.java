/** What several rooms' tests share: real servers, one of each per JVM. */
@NullMarked
package io.bactrian.testing;

import org.jspecify.annotations.NullMarked;
