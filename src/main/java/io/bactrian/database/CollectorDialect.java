package io.bactrian.database;

/** SEAM: to be designed by the owner of the collector: read a page, delete runs (or advance a cursor), wait for news. */
public interface CollectorDialect {}
