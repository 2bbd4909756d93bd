/**
 * The seam to the one http server: users' `jetty:` and `rest:` consumers of the platform's own port are served by a
 * servlet that the server mounts; consumers of other ports get a server of their own, as ever in Camel.
 */
@NullMarked
package io.bactrian.camel.jetty;

import org.jspecify.annotations.NullMarked;
