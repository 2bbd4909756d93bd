/**
 * Route files: each file under the routes directory is one unit that is loaded, replaced and removed whole while the
 * others run on. New text is first tried in a scratch context that starts nothing; what doesn't pass changes nothing
 * (invariant 16). What was running is stopped only when its in-flight exchanges are done.
 */
@NullMarked
package io.bactrian.camel.routes;

import org.jspecify.annotations.NullMarked;
