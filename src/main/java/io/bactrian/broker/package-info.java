/**
 * The message broker that routes reach by `jms:`: an embedded Artemis that keeps its messages in the data folder, or an
 * external one by its address.
 *
 * <p>A message that was sent is on disk when the send returns. One that can't be processed is delivered again by the
 * broker, later and later, and at last lies in the dead letter queue {@code DLQ} with the reason, where {@link
 * io.bactrian.broker.DeadLetterQueue} shows it, sends it back or discards it.
 */
@NullMarked
package io.bactrian.broker;

import org.jspecify.annotations.NullMarked;
