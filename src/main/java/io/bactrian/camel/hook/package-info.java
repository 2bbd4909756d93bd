/**
 * The {@code hook:} component: {@code from("hook:NAME")} serves an inbound hook, {@code to("hook:URL")} delivers an
 * outbound one.
 *
 * <p>Keeps invariant 8 (an inbound call is answered only when its route is done) and, for what it sends, invariant 5 (a
 * change's {@code webhook-id} is its id, at every attempt).
 */
@NullMarked
package io.bactrian.camel.hook;

import org.jspecify.annotations.NullMarked;
