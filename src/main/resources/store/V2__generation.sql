-- An operator's replay, and a dead letter's retry, is a new generation of the changes it tells again: table: claims a
-- change once per generation. generation is that of what is read from the journal; generations counts those given out.
ALTER TABLE subscription ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN generations INTEGER NOT NULL DEFAULT 0;
-- A change keeps the generation it failed in, whatever is replayed meanwhile.
ALTER TABLE parked_change ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
