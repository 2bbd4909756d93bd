package io.bactrian.journal;

import java.time.Instant;

/**
 * A mark where changes may be missing, because the user database or the store was restored or replaced.
 *
 * @param position the last position before the mark; the next change stands {@code jump} further on at least
 * @param jump how many positions were left out, so that none is ever given twice, whichever side was restored
 * @param epoch the epoch that begins after it
 * @param reason in words for an operator
 * @param at when it was noticed
 */
public record Gap(long position, long jump, long epoch, String reason, Instant at) {}
