package io.bactrian.camel.routes;

import java.time.Instant;

/** A route of a sound file that can't start yet (a taken port, an unreachable server) and is tried again by itself. */
public record WaitingRoute(String route, String cause, Instant nextTry) {}
