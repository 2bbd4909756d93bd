/**
 * The commands of {@code ./bactrian}: thin, each with {@code --help}; exit codes 0 done, 1 failed, 2 wrong usage.
 *
 * <p>Commands that need the running platform talk to it over HTTP with the key from {@code data/admin.key} or
 * {@code BACTRIAN_KEY}. What a command found goes to standard output, everything else to standard error.
 */
@NullMarked
package io.bactrian.cli;

import org.jspecify.annotations.NullMarked;
