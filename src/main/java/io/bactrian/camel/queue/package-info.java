/**
 * The `jms:` component of the platform: Camel's own, set up so that nothing is lost or done twice. A change that is sent
 * carries its id and its key; a message that is received is done when the route is done, comes again where the route
 * failed, and becomes a dead letter, with the reason, where that doesn't help.
 */
@NullMarked
package io.bactrian.camel.queue;

import org.jspecify.annotations.NullMarked;
