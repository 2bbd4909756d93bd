/** All that is particular to PostgreSQL (12 and newer), its SQL included. */
@NullMarked
package io.bactrian.database.postgresql;

import org.jspecify.annotations.NullMarked;
