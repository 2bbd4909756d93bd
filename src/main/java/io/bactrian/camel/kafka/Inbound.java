package io.bactrian.camel.kafka;

import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the loops of one route share.
 *
 * @param workers run the route; as many as there are lanes, at most
 * @param clock tells when failures began
 */
record Inbound(
        InboundOptions options,
        InboundClients clients,
        DeadLetterTopic deadLetters,
        FlowWatch watch,
        Threads threads,
        Clock clock) {

    /** Threads of the route. */
    record Threads(ExecutorService workers, ScheduledExecutorService timer) {}
}
