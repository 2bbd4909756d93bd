/**
 * The one Jetty server: inbound hooks, the table API, the operator's API, health and metrics; authentication and
 * limits.
 */
@NullMarked
package io.bactrian.http;

import org.jspecify.annotations.NullMarked;
