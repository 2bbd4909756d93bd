package io.bactrian.http;

import io.bactrian.database.Table;

/** One table that a call is about, and where. */
record TablePlace(ServedDatabase database, Table table) {}
