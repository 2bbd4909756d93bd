/** All that is particular to SQLite (3.38 and newer, for its JSON), its SQL included. */
@NullMarked
package io.bactrian.database.sqlite;

import org.jspecify.annotations.NullMarked;
