-- The position after which a subscription began (or the least that it was replayed from): what stands before it was
-- never told. NULL where it was made before this was noted.
ALTER TABLE subscription ADD COLUMN begins_after INTEGER;
-- What an operator let a subscription skip, by setting it on to a later position.
CREATE TABLE skipped_change (
    subscription TEXT NOT NULL,
    from_position INTEGER NOT NULL,
    to_position INTEGER NOT NULL
);
