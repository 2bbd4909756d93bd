/**
 * Files and environment into checked values. {@code config/application.properties} is the one file; every key is also an
 * environment variable; an unknown {@code bactrian.} key stops the start.
 *
 * <p>Only {@code Main} and the commands read it: each room gets its own settings record.
 */
@NullMarked
package io.bactrian.config;

import org.jspecify.annotations.NullMarked;
