package io.bactrian.camel.routes;

/**
 * Why a route file wasn't loaded, in one sentence.
 *
 * @param line the line in the file, 0 where none can be told
 */
public record RouteFileError(int line, String message) {}
