/**
 * What a message says of a change, whatever carries it: the formats that `hook:`, `jms:` and `kafka:` share, and the
 * type converters and data formats by which any other step gets the same JSON. A row that a route left alone is passed
 * on as the text it was captured as, never parsed.
 */
@NullMarked
package io.bactrian.camel.format;

import org.jspecify.annotations.NullMarked;
