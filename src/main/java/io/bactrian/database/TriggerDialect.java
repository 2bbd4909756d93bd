package io.bactrian.database;

/**
 * SEAM: to be designed by the owner of capture's install side. The shape it must give the trigger table:
 *
 * <pre>
 * change(seq, transaction, table, operation, key, old, new, origin, at)
 *   operation  'i' insert, 'u' update, 'k' update that altered the key (key = the new key), 'd' delete, 't' truncate
 *   key        JSON object of the key columns ('{}' without a key, and for truncate)
 *   old, new   JSON objects in the canonical JSON form, or NULL
 *   origin     parties joined by commas, or NULL
 * applied(route, step, split, message, generation, at), primary key all but at
 * meta(name primary key, value): version, owner, epoch, token
 * health: one row: backlog (rows), oldest (timestamp), oldest_age_seconds
 * </pre>
 *
 * PostgreSQL: schema {@code bactrian}; SQLite: prefix {@code bactrian_}, and {@code bactrian_context(id=1, origin)}.
 */
public interface TriggerDialect {}
