/**
 * Benchmarks against a real PostgreSQL, with a receiver and a load of their own, on this machine. Figures with their
 * conditions are in {@code docs/benchmarks.md}.
 */
@NullMarked
package io.bactrian.bench;

import org.jspecify.annotations.NullMarked;
