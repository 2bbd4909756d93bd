package io.bactrian.database;

/** SEAM: to be designed by the owner of the table room. */
public interface WriteDialect {}
