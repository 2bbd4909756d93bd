/**
 * Change capture in the user's database: plans, installs, verifies and removes triggers, and collects what they wrote
 * into the journal.
 */
@NullMarked
package io.bactrian.capture;

import org.jspecify.annotations.NullMarked;
