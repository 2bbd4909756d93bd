/**
 * Webhooks: signatures in and out, the guard that keeps deliveries off private targets, and what an answer means for
 * the subscription that sent it.
 */
@NullMarked
package io.bactrian.hook;

import org.jspecify.annotations.NullMarked;
