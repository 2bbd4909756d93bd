/** All that is particular to PostgreSQL (13 and newer, for its 64-bit transaction ids), its SQL included. */
@NullMarked
package io.bactrian.database.postgresql;

import org.jspecify.annotations.NullMarked;
