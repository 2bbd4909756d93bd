/**
 * What a look at the platform, its databases, its broker and its machine finds: each finding says how it is and, where
 * something is wrong, what to do. It changes nothing. The running platform looks at itself; the commands look at what can be seen
 * from outside.
 */
@NullMarked
package io.bactrian.doctor;

import org.jspecify.annotations.NullMarked;
