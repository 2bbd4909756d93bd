-- The position after which a subscription began (or the least that it was replayed from): what stands before it was
-- never told. NULL where it was made before this was noted.
ALTER TABLE subscription ADD COLUMN begins_after INTEGER;
