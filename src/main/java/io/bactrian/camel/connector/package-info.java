/**
 * What the shipped connectors (the kamelets in {@code src/main/resources/kamelets}) do beyond what Camel's own steps can
 * say: a row's columns out of foreign JSON, a change as a REST call, a REST endpoint that is polled. Each route made from a
 * connector has its own instances.
 */
@NullMarked
package io.bactrian.camel.connector;

import org.jspecify.annotations.NullMarked;
